import type { Account, RateLimiter } from '../core/index.ts';

/** One of the sessions that an account may have at once. */
export interface SessionSlot {
  /** All sessions of the account share them. */
  readonly rateLimiters: { readonly upload?: RateLimiter; readonly download?: RateLimiter };
  /** Aborts when the session must end; its reason is an `Error` that says why. */
  readonly revoked: AbortSignal;
  /** Frees the slot; only the first call counts. */
  readonly release: () => void;
}

/** Acts on the open sessions of an account. */
export interface SessionControl {
  /** Ends every session of the account at once, except the one of that name. `why` is for the log alone. */
  readonly endSessions: (account: string, why: string, except?: string) => void;
  /** Sets when its open sessions end by themselves; undefined: never. */
  readonly setExpiry: (account: string, expires: Date | undefined) => void;
}

export interface AccountSessions extends SessionControl {
  /** How many the account has open. */
  openSessions(account: string): number;
  /** Whether it may open no further one. */
  isFull(account: Account): boolean;
  /** Takes a slot for one more session; undefined when the account has `maxSessions` already. */
  take(account: Account, session?: string): SessionSlot | undefined;
}

interface Shared {
  /** With their names. */
  readonly sessions: Map<AbortController, string | undefined>;
  expiry: Disposable | undefined;
  rate: Account['rate'];
  rateLimiters: SessionSlot['rateLimiters'];
}

/** Counts the sessions of each account. What they share exists for as long as one of them does. */
export function createAccountSessions(makeRateLimiter: (bytesPerSecond: number) => RateLimiter): AccountSessions {
  const shares = new Map<string, Shared>();

  /** Sessions that began under another rate keep it; new sessions share the present one. */
  function shareOf(account: Account): Shared {
    const { rate } = account;
    const share: Shared = shares.get(account.name) ?? {
      sessions: new Map(),
      expiry: undefined,
      rate: {},
      rateLimiters: {},
    };
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

  function endSessions(account: string, why: string, except?: string): void {
    for (const [session, name] of shares.get(account)?.sessions ?? []) {
      if (except === undefined || name !== except) session.abort(new Error(why));
    }
  }

  function setExpiry(account: string, expires: Date | undefined): void {
    const share = shares.get(account);
    if (!share) return;
    share.expiry?.[Symbol.dispose]();
    share.expiry = expires && atMoment(expires, () => endSessions(account, 'account expired'));
  }

  const openSessions = (account: string): number => shares.get(account)?.sessions.size ?? 0;
  const isFull = ({ name, maxSessions }: Account): boolean =>
    maxSessions !== undefined && openSessions(name) >= maxSessions;

  return {
    endSessions,
    setExpiry,
    openSessions,
    isFull,

    take(account, name) {
      if (isFull(account)) return undefined;
      const share = shareOf(account);
      const session = new AbortController();
      share.sessions.set(session, name);
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

/** Waits go in steps, because the wall clock may be set and the machine may sleep. A timer takes at most 24 days anyway. */
const STEP_MS = 60_000;

/** Calls back once the wall clock has reached the moment, unless it was disposed. Does not keep the process alive. */
function atMoment(moment: Date, callback: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const ms = moment.getTime() - Date.now();
    if (ms <= 0) callback();
    else timer = setTimeout(look, Math.min(ms, STEP_MS)).unref();
  };
  look();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
