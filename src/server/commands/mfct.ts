import { formatTime, reply, timeAndPath } from '../../protocol/index.ts';
import { forMember } from '../command.ts';
import { setFacts } from '../set-facts.ts';

export const mfct = forMember({
  verb: 'MFCT',
  rfc: 'draft-somers-ftp-mfxx-04 section 4',
  usage: 'MFCT <YYYYMMDDHHMMSS> <path>',
  summary: 'Set when a file was created',
  needs: 'set-created',
  syntax: timeAndPath,
  features: () => ['MFCT'],
  async run(member, { time, path }) {
    await setFacts(member, { path, create: time });
    return reply(213, `Create=${formatTime(time)}; ${path}`);
  },
});
