import { formatTime, reply, timeAndPath } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { setFacts } from '../set-facts.ts';

export const mfmt = forUser({
  verb: 'MFMT',
  rfc: 'draft-somers-ftp-mfxx-04 section 3',
  usage: 'MFMT <YYYYMMDDHHMMSS> <path>',
  summary: 'Set when a file was last changed',
  needs: 'set-modified',
  syntax: timeAndPath,
  features: () => ['MFMT'],
  async run(user, { time, path }) {
    await setFacts(user, { path, modify: time });
    return reply(213, `Modify=${formatTime(time)}; ${path}`);
  },
});
