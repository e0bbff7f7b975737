import { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { type Check, fetchBytes, type Patient } from './patient.ts';

/**
 * Whether a data connection brings a new ticket: clients that use each once, as RFC 8446 appendix C.4 asks, run out of
 * them otherwise. And what becomes of a data connection that does not resume the session.
 */
export const tickets: Check = async function* (patient) {
  const { dataProtection, sessionReuse } = patient.pool.settings;
  if (dataProtection === 'clear' || sessionReuse === 'off') return;
  // A session of TLS 1.2 may be resumed as often as one likes.
  if (patient.signedIn.connection.tlsFacts?.version === 'TLSv1.3') {
    const before = await unusedSessions(patient);
    await fetchBytes(patient, 'LIST');
    const isRenewed = (await unusedSessions(patient)) >= Math.max(1, before);
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
  yield await withoutResuming(patient);
};

async function unusedSessions({ pool, signal }: Patient): Promise<number> {
  return pool.use(signal, async ({ connection }) => connection.tls.unusedSessions);
}

async function withoutResuming(patient: Patient) {
  const check = 'without-resuming';
  await using pool = new Pool({ ...patient.pool.settings, sessionReuse: 'off' });
  try {
    await fetchBytes({ ...patient, pool }, 'LIST');
  } catch (error) {
    if (!(error instanceof ClientError) || patient.signal?.aborted) throw error;
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
