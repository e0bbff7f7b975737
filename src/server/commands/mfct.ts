import { formatTime, reply, timeAndPath } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { setFacts } from '../set-facts.ts';

export const mfct = forUser({
  verb: 'MFCT',
  rfc: 'draft-somers-ftp-mfxx-04 section 4',
  usage: 'MFCT <YYYYMMDDHHMMSS> <path>',
  summary: 'Set when a file was created',
  needs: 'set-created',
  syntax: timeAndPath,
  features: () => ['MFCT'],
  async run(user, { time, path }) {
    await setFacts(user, { path, create: time });
    return reply(213, `Create=${formatTime(time)}; ${path}`);
  },
});
