import { noArgument, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

/**
 * RFC 4217 section 11 has REIN end TLS and go on in the clear. RFC 959 section 5.4 lets a server not have it, and that is
 * what a protected control connection answers: nobody gets what follows out of TLS (ADR 17).
 */
export const rein = anyone({
  verb: 'REIN',
  rfc: 'RFC 959 section 4.1.1',
  usage: 'REIN',
  summary: 'Sign out and start again; refused in TLS, which it would end',
  syntax: noArgument,
  async run(session) {
    if (session.isSecure) return reply(502, 'REIN would end TLS: sign in anew with USER, or leave with QUIT');
    await session.reset();
    return reply(220, 'Ready for a new user');
  },
});
