import { formatTime, modifiedTime, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { setFacts } from '../set-facts.ts';

export const mdtm = forUser({
  verb: 'MDTM',
  rfc: 'RFC 3659 section 3',
  usage: 'MDTM [<YYYYMMDDHHMMSS>] <path>',
  summary: 'Show when a file was last changed, or set it to a given time',
  syntax: modifiedTime,
  features: () => ['MDTM'],
  async run(user, { path, time }) {
    if (time) {
      await setFacts(user, { path, modify: time });
      return reply(213, `Modify=${formatTime(time)}; ${path}`);
    }
    const { modified } = await user.stat(path);
    return reply(213, formatTime(modified));
  },
});
