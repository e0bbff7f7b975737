import { reply } from '../../protocol/index.ts';
import { onPath } from '../command.ts';

export const rnfr = onPath({
  verb: 'RNFR',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'RNFR <path>',
  summary: 'Name the entry to be renamed',
  keeps: ['rename'],
  async run(member, path) {
    await member.storage.stat(path, member.session.signal);
    member.renameFrom = path;
    return reply(350, 'Send RNTO with the new name');
  },
});
