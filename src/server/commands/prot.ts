import { protectionLevel, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const prot = anyone({
  verb: 'PROT',
  rfc: 'RFC 4217 section 9',
  usage: 'PROT C|P',
  summary: 'Select whether data connections are encrypted (P) or clear (C)',
  keeps: ['restart', 'range'],
  syntax: protectionLevel,
  features: () => ['PROT'],
  run(session, level) {
    if (!session.isSecure) return reply(503, 'Send AUTH TLS first');
    // Implicit clients send neither PBSZ nor PROT, or PROT alone (MS-FTPS)
    if (!session.hasBufferSize && session.mode === 'explicit') return reply(503, 'Send PBSZ 0 first');
    if (level === 'clear' && !session.settings.clear.data)
      return reply(534, 'Data in clear is refused here: send PROT P');
    session.dataProtection = level;
    return reply(200, `Data connections are ${level}`);
  },
});
