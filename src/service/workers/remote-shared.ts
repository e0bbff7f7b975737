import { background, isRefusal, type RateLimiter } from '../../core/index.ts';
import type { QuotaCounter, QuotaOwner } from '../../files/index.ts';
import type { AdmissionControl } from '../../identity/index.ts';
import type { ConcurrencyLimiter, SessionRegister } from '../../server/index.ts';
import type { Shared } from '../shared.ts';
import type { Primary } from './primary.ts';

/** The shared state of all sessions, in a worker. Each method calls the primary process, which keeps that state. */
export function remoteShared(primary: Primary): Shared {
  return {
    admission: admissionControlOf(primary),
    digests: digestsOf(primary),
    sessions: sessionsOf(primary),
    counters: { of: (owner) => counterOf(primary, owner) },
  };
}

/** Each admitted session at once calls `revoked`, whose answer tells that the session must end. */
function admissionControlOf(primary: Primary): AdmissionControl {
  return {
    // Only the acceptor asks this, in the primary.
    welcome: () => undefined,
    wouldAdmit: (user, key, peer, signal) => primary.call('wouldAdmit', { user, key, peer }, signal),

    changePassword: (user, passwords, peer, signal) =>
      primary.call('changePassword', { user, passwords, peer }, signal),

    async admit(user, credentials, peer, signal) {
      const admitted = await primary.call('admit', { user, credentials, peer }, signal);
      if (isRefusal(admitted)) return admitted;
      const { admission, account, isLimited } = admitted;
      const rateLimiterOf = (direction: 'upload' | 'download'): RateLimiter => ({
        take: (bytes, signal) => primary.call('pay', { admission, direction, bytes }, signal),
      });
      const [revoked, released] = [new AbortController(), new AbortController()];
      background(
        primary.call('revoked', { admission }, released.signal).then((why) => revoked.abort(new Error(why))),
        () => undefined,
      );
      return {
        account,
        revoked: revoked.signal,
        rateLimiters: {
          ...(isLimited.upload && { upload: rateLimiterOf('upload') }),
          ...(isLimited.download && { download: rateLimiterOf('download') }),
        },
        release() {
          released.abort();
          primary.tell('release', { admission });
        },
      };
    },
  };
}

function digestsOf(primary: Primary): ConcurrencyLimiter {
  return {
    async take(key, limit) {
      const hash = await primary.call('hash', { key, limit });
      return hash === undefined ? undefined : () => primary.tell('hashed', { hash });
    },
  };
}

function sessionsOf(primary: Primary): SessionRegister {
  return {
    keep: (session, tls) => primary.tell('keepSession', { session, tls }),
    signIn: (session, who) => primary.tell('signedIn', { session, who }),
    signOut: (session) => primary.tell('signedOut', { session }),
    areOfOneAccount: (session, other, signal) => primary.call('areOfOneAccount', { session, other }, signal),
    find: (session, identifier, signal) => primary.call('findSession', { session, identifier }, signal),
  };
}

function counterOf(primary: Primary, { name, home }: QuotaOwner): QuotaCounter {
  const owner = { name, home };
  return {
    setQuota: (quota) => primary.tell('setQuota', { owner, quota }),
    begin: (change, signal) => primary.call('beginChange', { owner, change }, signal),
    end: (id, outcome) => primary.call('endChange', { owner, id, outcome }),
    reserve: (reservation, demand, signal) => primary.call('reserve', { owner, reservation, demand }, signal),
    claimReplaced: (reservation, entry) => primary.call('claimReplaced', { owner, reservation, entry }),
    release: (reservation) => primary.tell('releaseReservation', { reservation }),
    limitSpace: (space, signal) => primary.call('limitSpace', { owner, space }, signal),
  };
}
