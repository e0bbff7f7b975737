import { byteOffset, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const rest = forMember({
  verb: 'REST',
  rfc: 'RFC 3659 section 5',
  usage: 'REST <offset>',
  summary: 'Begin the next transfer at this byte',
  keeps: ['restart'],
  syntax: byteOffset,
  features: () => ['REST STREAM'],
  run(member, offset) {
    member.restart = offset;
    return reply(350, `The next transfer begins at ${offset}`);
  },
});
