import type { Account, RateLimiter } from '../core/index.ts';
import { atMoment } from './at-moment.ts';

/** The place of one session within its account. */
export interface Place {
  /** The account's allowances, shared by all its sessions. */
  readonly rateLimiters: { readonly upload?: RateLimiter; readonly download?: RateLimiter };
  /** Aborts when the session must end; its reason is an `Error` that says why. */
  readonly revoked: AbortSignal;
  /** Gives the place back; only the first call counts. */
  readonly release: () => void;
}

/** What can be told to the sessions that are open. */
export interface SessionControl {
  /** Ends every session of the account at once. `why` is for the log alone. */
  readonly endSessions: (account: string, why: string) => void;
  /** When its open sessions end by themselves; undefined: never. */
  readonly setExpiry: (account: string, expires: Date | undefined) => void;
}

export interface Places extends SessionControl {
  /** A place for one more session, undefined where the account has `maxSessions` already. */
  take(account: Account): Place | undefined;
}

interface Share {
  readonly sessions: Set<AbortController>;
  expiry: Disposable | undefined;
  rate: Account['rate'];
  rateLimiters: Place['rateLimiters'];
}

/** Counts the sessions of each account, and holds what they share for as long as there is one. */
export function createPlaces(makeRateLimiter: (bytesPerSecond: number) => RateLimiter): Places {
  const shares = new Map<string, Share>();

  /** Sessions that began under another rate keep it; new ones share what holds now. */
  function shareOf(account: Account): Share {
    const { rate } = account;
    const share = shares.get(account.name) ?? { sessions: new Set(), expiry: undefined, rate: {}, rateLimiters: {} };
    if (share.rate.upload !== rate.upload || share.rate.download !== rate.download) {
      share.rate = rate;
      share.rateLimiters = {
        ...(rate.upload !== undefined && { upload: makeRateLimiter(rate.upload) }),
        ...(rate.download !== undefined && { download: makeRateLimiter(rate.download) }),
      };
    }
    shares.set(account.name, share);
    return share;
  }

  function endSessions(account: string, why: string): void {
    for (const session of shares.get(account)?.sessions ?? []) session.abort(new Error(why));
  }

  function setExpiry(account: string, expires: Date | undefined): void {
    const share = shares.get(account);
    if (!share) return;
    share.expiry?.[Symbol.dispose]();
    share.expiry = expires && atMoment(expires, () => endSessions(account, 'account expired'));
  }

  return {
    endSessions,
    setExpiry,

    take(account) {
      const taken = shares.get(account.name)?.sessions.size ?? 0;
      if (account.maxSessions !== undefined && taken >= account.maxSessions) return undefined;
      const share = shareOf(account);
      const session = new AbortController();
      share.sessions.add(session);
      setExpiry(account.name, account.expires);
      return {
        rateLimiters: share.rateLimiters,
        revoked: session.signal,
        release() {
          if (!share.sessions.delete(session) || share.sessions.size > 0) return;
          share.expiry?.[Symbol.dispose]();
          shares.delete(account.name);
        },
      };
    },
  };
}
