import { encodeListing, formatUnixLine, listArgument } from '../../protocol/index.ts';
import { forMember } from '../command.ts';
import { map, select, tree } from '../listing.ts';
import { type Subject, sendData } from '../transfer.ts';

export const list = forMember({
  verb: 'LIST',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'LIST [-adR] [<path>]',
  summary: 'List a directory as ls -l would',
  opensData: true,
  syntax: listArgument,
  async run(member, request) {
    const selection = await select(member, request);
    const now = new Date();
    const line = (entry: Parameters<typeof formatUnixLine>[0]) => formatUnixLine(entry, now);
    const lines = request.recursive ? tree(member, selection, line) : map(selection.entries, line);
    const subject: Subject = {
      verb: 'LIST',
      direction: 'listing',
      path: selection.path,
      offset: 0,
      text: 'Here it comes',
    };
    return sendData(member, subject, encodeListing(lines));
  },
});
