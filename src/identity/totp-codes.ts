import type { Limits } from '../core/index.ts';
import { RecentMap } from './recent-map.ts';
import { totpStepOf } from './totp.ts';

/** The second factor of somebody, as it is stored. */
export interface StoredTotp {
  /** In base32. */
  readonly secret: string;
  /** The newest time step whose code was used; 0: none was. */
  readonly usedStep: number;
}

/** Takes each code of an authenticator once. */
export interface TotpCodes {
  /** Gives false for one that is wrong or was used. Rejects where it can't be noted: then it opens nothing. */
  take(name: string, totp: StoredTotp, code: string | undefined): Promise<boolean>;
}

/**
 * @param record stores the step whose code was used. It is awaited, so that not even a crash lets a code be taken twice.
 * @param now the time in ms since 1970
 */
export function createTotpCodes(
  { maxTrackedLogins }: Pick<Limits, 'maxTrackedLogins'>,
  record: (name: string, step: number) => Promise<void>,
  now: () => number = Date.now,
): TotpCodes {
  /** What is stored may not say so yet. */
  const usedSteps = new RecentMap<number>(maxTrackedLogins);
  return {
    async take(name, { secret, usedStep }, code = '') {
      const key = `${name} ${secret}`;
      // Nothing is awaited between the look and the note: of two logins at once, one has the code.
      const step = totpStepOf(code, secret, Math.max(usedStep, usedSteps.get(key) ?? 0), now());
      if (step === undefined) return false;
      usedSteps.set(key, step);
      await record(name, step);
      return true;
    },
  };
}
