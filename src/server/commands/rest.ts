import { byteOffset, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const rest = forUser({
  verb: 'REST',
  rfc: 'RFC 3659 section 5',
  usage: 'REST <offset>',
  summary: 'Start the next transfer at this byte',
  keeps: ['restart'],
  syntax: byteOffset,
  features: () => ['REST STREAM'],
  run(user, offset) {
    // Positions in the file and on the wire differ there.
    if (offset > 0 && user.parameters.type === 'ascii') return reply(504, 'REST works in TYPE I only');
    user.restart = offset;
    return reply(350, `The next transfer begins at ${offset}`);
  },
});
