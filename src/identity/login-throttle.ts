import { createHash } from 'node:crypto';
import { type Limits, networkOf } from '../core/index.ts';
import { type BanList, createBanList } from './ban-list.ts';
import { RecentMap } from './recent-map.ts';

/**
 * Slows down password guessing. Failures count per address (an IPv6 /64 is one) and per user name, and each failure doubles
 * the next wait. Many failures ban an address, but never a user name: an attacker who fails at another's name costs its
 * owner at most one wait of `maxFailedLoginDelayMs`, and nothing at an address from which the owner has signed in before.
 */
export interface LoginThrottle {
  /** The bans that failures have brought, and those that operators have set. */
  readonly bans: BanList;
  isBanned(address: string): boolean;
  /** How long an attempt that comes now waits before it is looked at, and a failed one before it is answered. */
  waitMs(address: string, user: string): number;
  /** Counts a failed attempt. Gives true when it has brought a ban on the address. */
  failed(address: string, user: string): boolean;
  /** Records that the account has signed in from the address. Earlier failures there still count. */
  succeeded(address: string, user: string): void;
}

type Rules = Pick<
  Limits,
  | 'failedLoginDelayMs'
  | 'maxFailedLoginDelayMs'
  | 'failedLoginWindowMs'
  | 'banAfterFailedLogins'
  | 'banMs'
  | 'knownAddressMs'
  | 'maxTrackedLogins'
>;

/** `now` is a clock in ms that never jumps: the wall clock would lift bans, or keep them, when it is set. */
export function createLoginThrottle(rules: Rules, now: () => number = () => performance.now()): LoginThrottle {
  /** Times of failures within the window, oldest first. */
  const byAddress = new RecentMap<readonly number[]>(rules.maxTrackedLogins);
  const byUser = new RecentMap<readonly number[]>(rules.maxTrackedLogins);
  const bans = createBanList(rules.maxTrackedLogins, now);
  const knownUntil = new RecentMap<number>(rules.maxTrackedLogins);

  function recent(times: readonly number[] = []): readonly number[] {
    return times.filter((time) => now() - time < rules.failedLoginWindowMs);
  }

  function add(failures: RecentMap<readonly number[]>, key: string): number {
    const times = [...recent(failures.get(key)), now()].slice(-rules.banAfterFailedLogins);
    failures.set(key, times);
    return times.length;
  }

  function remainingMs(failures: RecentMap<readonly number[]>, key: string): number {
    const times = recent(failures.get(key));
    const last = times.at(-1);
    if (last === undefined) return 0;
    const delay = rules.failedLoginDelayMs * 2 ** (times.length - 1);
    return Math.max(0, last + Math.min(delay, rules.maxFailedLoginDelayMs) - now());
  }

  return {
    bans,

    isBanned: (address) => bans.find(address) !== undefined,

    waitMs(address, user) {
      const network = networkOf(address);
      const own = remainingMs(byAddress, network);
      const isKnown = (knownUntil.get(pairOf(network, user)) ?? 0) > now();
      return isKnown ? own : Math.max(own, remainingMs(byUser, keyOf(user)));
    },

    failed(address, user) {
      const network = networkOf(address);
      add(byUser, keyOf(user));
      if (add(byAddress, network) < rules.banAfterFailedLogins) return false;
      byAddress.delete(network);
      // Failures of connections that were open before a ban do not shorten it.
      if (bans.find(address)) return false;
      bans.add({ network, until: new Date(Date.now() + rules.banMs) }, rules.banMs);
      return true;
    },

    succeeded(address, user) {
      knownUntil.set(pairOf(networkOf(address), user), now() + rules.knownAddressMs);
    },
  };
}

/**
 * Stands for a user name in few bytes, whatever a stranger gives as one. No part of the name itself: V8 keeps the whole
 * text that a part was cut from, up to a command line for each. And who mistakes the prompt types a password here.
 */
function keyOf(user: string): string {
  return createHash('sha256').update(user).digest('base64');
}

function pairOf(network: string, user: string): string {
  return `${network} ${keyOf(user)}`;
}
