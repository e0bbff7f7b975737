import type { Account, Pace } from '../core/index.ts';

/** The place of one session within its account. */
export interface Place {
  /** The account's allowances, shared by all its sessions. */
  readonly paces: { readonly upload?: Pace; readonly download?: Pace };
  /** Gives the place back; only the first call counts. */
  readonly release: () => void;
}

export interface Places {
  /** A place for one more session, undefined where the account has `maxSessions` already. */
  take(account: Account): Place | undefined;
}

interface Share {
  sessions: number;
  rate: Account['rate'];
  paces: Place['paces'];
}

/** Counts the sessions of each account, and holds what they share for as long as there is one. */
export function createPlaces(makePace: (bytesPerSecond: number) => Pace): Places {
  const shares = new Map<string, Share>();

  /** Sessions that began under another rate keep it; new ones share what holds now. */
  function shareOf(account: Account): Share {
    const { rate } = account;
    const share = shares.get(account.name) ?? { sessions: 0, rate: {}, paces: {} };
    if (share.rate.upload !== rate.upload || share.rate.download !== rate.download) {
      share.rate = rate;
      share.paces = {
        ...(rate.upload !== undefined && { upload: makePace(rate.upload) }),
        ...(rate.download !== undefined && { download: makePace(rate.download) }),
      };
    }
    shares.set(account.name, share);
    return share;
  }

  return {
    take(account) {
      const taken = shares.get(account.name)?.sessions ?? 0;
      if (account.maxSessions !== undefined && taken >= account.maxSessions) return undefined;
      const share = shareOf(account);
      share.sessions += 1;
      let isHeld = true;
      return {
        paces: share.paces,
        release() {
          if (!isHeld) return;
          isHeld = false;
          share.sessions -= 1;
          if (share.sessions === 0) shares.delete(account.name);
        },
      };
    },
  };
}
