import { type Limits, limitsWith, type Refusal } from '../core/index.ts';
import { verifyPassword } from './password.ts';

/** Checks passwords, a bounded number at once: each takes memory and a thread that files need too. */
export interface PasswordChecker {
  /** As `verifyPassword`; a refusal `unavailable` when too many wait already. */
  check(password: string, hash: string | undefined): Promise<boolean | Refusal>;
}

/** A checker with the bounds `maxConcurrentPasswordChecks` and `maxWaitingPasswordChecks`. First come, first served. */
export function createPasswordChecker(given: Partial<Limits> = {}): PasswordChecker {
  const { maxConcurrentPasswordChecks, maxWaitingPasswordChecks } = limitsWith(given);
  const waiting: (() => void)[] = [];
  let running = 0;

  /** A running check hands its turn on without giving it up, so nobody can slip in between. */
  function finish(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  return {
    async check(password, hash) {
      if (running < maxConcurrentPasswordChecks) running += 1;
      else if (waiting.length < maxWaitingPasswordChecks) await new Promise<void>((resolve) => waiting.push(resolve));
      else return { refused: 'unavailable', message: 'Too many logins at once; try again in a moment' };
      try {
        return await verifyPassword(password, hash);
      } finally {
        finish();
      }
    },
  };
}
