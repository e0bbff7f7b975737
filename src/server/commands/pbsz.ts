import { protectionBufferSize, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

/** TLS needs no buffer size: every size is answered with 0 (RFC 4217 section 8). */
export const pbsz = anyone({
  verb: 'PBSZ',
  rfc: 'RFC 4217 section 8',
  usage: 'PBSZ 0',
  summary: 'Announce the protection buffer size, which PROT requires',
  keeps: ['restart', 'range'],
  syntax: protectionBufferSize,
  features: () => ['PBSZ'],
  run(session, size) {
    if (!session.isSecure) return reply(503, 'Send AUTH TLS first');
    session.hasBufferSize = true;
    return reply(200, size === 0 ? 'PBSZ=0' : 'PBSZ=0 is enough under TLS');
  },
});
