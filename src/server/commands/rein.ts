import { noArgument, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

/** The reply still goes out inside TLS; afterwards both channels are clear (RFC 4217 section 11). */
export const rein = anyone({
  verb: 'REIN',
  rfc: 'RFC 959 section 4.1.1',
  usage: 'REIN',
  summary: 'Sign out and begin anew',
  syntax: noArgument,
  async run(session) {
    await session.reset();
    return {
      reply: reply(220, 'Ready for a new user'),
      deliver: (bytes) =>
        session.isSecure && session.mode === 'explicit' ? session.channel.unsecure(bytes) : session.channel.send(bytes),
    };
  },
});
