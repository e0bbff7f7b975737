import { noArgument, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

/** During a transfer it waits its turn, so that the transfer's result is sent first (RFC 959 section 4.1.1). */
export const quit = anyone({
  verb: 'QUIT',
  rfc: 'RFC 959 section 4.1.1',
  usage: 'QUIT',
  summary: 'End the session',
  syntax: noArgument,
  run(session) {
    session.closeReason ??= 'quit';
    return { reply: reply(221, 'Good-bye'), deliver: (bytes) => session.channel.close(bytes) };
  },
});
