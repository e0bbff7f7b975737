import { byteOffset, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const rest = forMember({
  verb: 'REST',
  rfc: 'RFC 3659 section 5',
  usage: 'REST <offset>',
  summary: 'Start the next transfer at this byte',
  keeps: ['restart'],
  syntax: byteOffset,
  features: () => ['REST STREAM'],
  run(member, offset) {
    // Positions in the file and on the wire differ there.
    if (offset > 0 && member.parameters.type === 'ascii') return reply(504, 'REST works in TYPE I only');
    member.restart = offset;
    return reply(350, `The next transfer begins at ${offset}`);
  },
});
