import { background, type Limits } from '../core/index.ts';
import { RecentMap } from './recent-map.ts';

/** After how many wrong passwords within `failedLoginWindowMs` an account is locked (0: never), and for how long. */
export interface AccountLockRules {
  readonly after: number;
  readonly forMs: number;
}

/**
 * Locks accounts after too many wrong passwords, wherever these came from. It stops those who guess from many addresses, and
 * lets anybody who knows a name lock its owner out for a while.
 */
export interface AccountLock {
  /** Whether it is being locked at this moment: what is stored may not say so yet. */
  isLocking(account: string): boolean;
  /** Counts a wrong password of an account that exists. */
  failed(account: string): void;
  /** A right password makes the wrong ones before it forgotten. */
  succeeded(account: string): void;
}

/**
 * @param rules asked at each wrong password, so that they may change
 * @param save stores the lock. Until it resolves, the account is locked here; where it rejects, or stores none, for the whole
 * time.
 * @param now a clock in ms that never jumps
 */
export function createAccountLock(
  rules: () => AccountLockRules,
  { failedLoginWindowMs, maxTrackedLogins }: Pick<Limits, 'failedLoginWindowMs' | 'maxTrackedLogins'>,
  save: (account: string, until: Date) => Promise<void> | undefined,
  now: () => number = () => performance.now(),
): AccountLock {
  /** Times of wrong passwords, oldest first. */
  const failures = new RecentMap<readonly number[]>(maxTrackedLogins);
  const lockingUntil = new RecentMap<number>(maxTrackedLogins);

  function lock(account: string, forMs: number): void {
    failures.delete(account);
    lockingUntil.set(account, now() + forMs);
    const saved = save(account, new Date(Date.now() + forMs))?.then(() => lockingUntil.delete(account));
    // It holds in this process all the same.
    if (saved) background(saved, () => undefined);
  }

  return {
    isLocking: (account) => (lockingUntil.get(account) ?? 0) > now(),

    failed(account) {
      const { after, forMs } = rules();
      if (after === 0) return;
      const recent = (failures.get(account) ?? []).filter((time) => now() - time < failedLoginWindowMs);
      const times = [...recent, now()];
      if (times.length >= after) lock(account, forMs);
      else failures.set(account, times);
    },

    succeeded(account) {
      failures.delete(account);
    },
  };
}
