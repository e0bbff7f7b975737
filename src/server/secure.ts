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
    session.closeReason ??= `TLS: ${error instanceof Error ? error.message : 'handshake failed'}`;
    return false;
  }
}
