import type { DataProtection, OtherSessions } from '../transport/index.ts';
import type { Session } from './session.ts';
import type { UserSession } from './user-session.ts';

/** TLS of the user's data connections, as PROT has it now, and the rules that it must hold to. */
export function dataTls({ session, workspace }: UserSession): DataProtection {
  return {
    tls: session.dataProtection === 'private' ? session.tls : undefined,
    sessionReuse: workspace.policy.sessionReuse,
    others: othersOf(session),
    certificateFingerprint: session.channel.tls?.clientCertificate?.fingerprint,
  };
}

function othersOf({ id, settings: { sessions } }: Session): OtherSessions {
  return {
    mayLend: (other, signal) => sessions.areOfOneAccount(id, other, signal),
    find: (identifier, signal) => sessions.find(id, identifier, signal),
  };
}
