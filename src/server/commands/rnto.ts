import { reply, text } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const rnto = forMember({
  verb: 'RNTO',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'RNTO <path>',
  summary: 'Give the entry its new name',
  syntax: text,
  async run(member, path) {
    const from = member.renameFrom;
    if (from === undefined) return reply(503, 'Send RNFR first');
    const to = await member.resolveEntry(path, from);
    await member.files.rename(from, to);
    return reply(250, 'Renamed');
  },
});
