import { reply } from '../../protocol/index.ts';
import { onPath } from '../command.ts';

export const rnto = onPath({
  verb: 'RNTO',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'RNTO <path>',
  summary: 'Give the entry its new name',
  async run(member, to) {
    const from = member.renameFrom;
    if (from === undefined) return reply(503, 'Send RNFR first');
    await member.storage.rename(from, to);
    member.session.publish({ event: 'file.changed', change: 'renamed', path: from, to });
    return reply(250, 'Renamed');
  },
});
