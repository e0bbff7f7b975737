import { authMechanism, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import { secure } from '../secure.ts';

export const auth = anyone({
  verb: 'AUTH',
  rfc: 'RFC 4217 section 4',
  usage: 'AUTH TLS',
  summary: 'Secure the control connection with TLS',
  syntax: authMechanism,
  features: () => ['AUTH TLS'],
  run(session) {
    if (session.isSecure) return reply(503, 'The control connection is secured already');
    return {
      reply: reply(234, 'Begin the TLS handshake'),
      async deliver(announcement) {
        // What came in clear behind AUTH must not be executed inside TLS (CVE-2011-1575 and its family).
        if (!session.lines.isEmpty) session.drop('injected');
        else if (await secure(session, announcement)) await session.reset();
      },
    };
  },
});
