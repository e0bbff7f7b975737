import { ClientError } from '../errors.ts';
import { ftpPool } from '../ftp/ftp-session.ts';
import { type Check, type ExaminedServer, fetchBytes } from './examined-server.ts';

/**
 * Whether a data connection brings a new ticket: clients that use each once, as RFC 8446 appendix C.4 asks, run out of
 * them otherwise. And what becomes of a data connection that does not resume the session.
 */
export const tickets: Check = async function* (examined) {
  const { dataProtection, sessionReuse } = examined.pool.settings;
  if (dataProtection === 'clear' || sessionReuse === 'off') return;
  // A session of TLS 1.2 may be resumed as often as one likes.
  if (examined.signedIn.connection.tlsFacts?.version === 'TLSv1.3') {
    const before = await unusedSessions(examined);
    await fetchBytes(examined, 'LIST');
    const isRenewed = (await unusedSessions(examined)) >= Math.max(1, before);
    yield {
      check: 'tickets',
      verdict: isRenewed ? 'good' : 'note',
      message: isRenewed
        ? 'A data connection brings a new ticket for the next one'
        : 'A data connection brings no new ticket: clients that use each once (curl from 8.12 on) run out of them',
      ...(!isRenewed && { advice: 'Have the server send a new ticket when a session is resumed; update it' }),
      facts: { renewed: isRenewed },
    };
  }
  yield await withoutResuming(examined);
};

async function unusedSessions({ pool, signal }: ExaminedServer): Promise<number> {
  return pool.use(signal, async ({ connection }) => connection.tls.unusedSessions);
}

async function withoutResuming(examined: ExaminedServer) {
  const check = 'without-resuming';
  await using pool = ftpPool({ ...examined.pool.settings, sessionReuse: 'off' });
  try {
    await fetchBytes({ ...examined, pool }, 'LIST');
  } catch (error) {
    if (!(error instanceof ClientError) || examined.signal?.aborted) throw error;
    const message = 'A data connection that does not resume the TLS session is refused: nobody else can take its place';
    return { check, verdict: 'good', message, facts: { accepted: false } } as const;
  }
  return {
    check,
    verdict: 'note',
    message: 'A data connection that does not resume the TLS session is accepted: it may belong to anybody',
    advice:
      'Where all clients resume, have the server require it (Lockport: tls.sessionReuse: require; vsftpd: require_ssl_reuse=YES)',
    facts: { accepted: true },
  } as const;
}
