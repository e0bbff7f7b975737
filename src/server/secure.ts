import { handshakeFailure } from './handshake-failure.ts';
import type { Session } from './session.ts';

/** The TLS handshake on the control connection; a failed one ends it, its state being unknown (RFC 4217 section 4.3). */
export async function secure(session: Session, announcement?: Buffer): Promise<boolean> {
  try {
    const tls = await session.channel.secure(session.tls, announcement);
    const { identifiedSession } = session.tls;
    if (identifiedSession) session.settings.sessions.keep(session.id, identifiedSession);
    session.publish({ event: 'session.secured', tls });
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'handshake failed';
    const { offer } = session.tls;
    session.publish({ event: 'handshake.failed', code: handshakeFailure(error), reason, ...(offer && { tls: offer }) });
    session.closeReason ??= `TLS: ${reason}`;
    return false;
  }
}
