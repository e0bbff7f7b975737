import { reply, text } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const rnto = forUser({
  verb: 'RNTO',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'RNTO <path>',
  summary: 'Give the entry its new name',
  syntax: text,
  async run(user, path) {
    const from = user.renameFrom;
    if (from === undefined) return reply(503, 'Send RNFR first');
    const to = await user.resolveEntry(path, from);
    await user.files.rename(from, to);
    return reply(250, 'Renamed');
  },
});
