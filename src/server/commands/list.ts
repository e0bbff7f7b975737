import type { Entry } from '../../core/index.ts';
import { formatUnixLine, listArgument } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { map, readEntries, select, tree } from '../listing.ts';
import { sendListing } from '../transfer.ts';

export const list = forUser({
  verb: 'LIST',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'LIST [-adR] [<path>]',
  summary: 'List a directory in the format of ls -l',
  opensData: true,
  syntax: listArgument,
  async run(user, request) {
    await using selection = await select(user, request, readEntries);
    const now = new Date();
    const line = (entry: Entry) => formatUnixLine(entry, now);
    const lines = selection.isRecursive ? tree(user, selection, line) : map(selection.entries, line);
    return await sendListing(user, 'LIST', selection.path, lines);
  },
});
