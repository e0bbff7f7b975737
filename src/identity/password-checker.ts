import { type Limits, limitsWith, type Refusal } from '../core/index.ts';
import { type PolicyCheck, policyRefusalOffThread } from './off-thread-policy.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { PasswordCache } from './password-cache.ts';

const TOO_MANY: Refusal = { refused: 'unavailable', message: 'Too many logins at once; try again in a moment' };

/** Checks passwords, a bounded number at once: each takes memory and a thread that files need too. */
export interface PasswordChecker {
  /**
   * As `verifyPassword`; a refusal `unavailable` when too many wait already.
   * @param mayRemember whether a right password may be remembered, and known again without being hashed. Then a right one
   * is told by time, so only where the answer will tell it too. Default: false.
   */
  check(password: string, hash: string | undefined, mayRemember?: boolean): Promise<boolean | Refusal>;
  /** As `hashPassword`, in its turn among the checks; undefined when too many wait already. */
  hash(password: string): Promise<string | undefined>;
  /** As `policyRefusal`, in its turn and on a thread of its own; a refusal `unavailable` when too many wait already. */
  policyRefusal(check: PolicyCheck): Promise<string | undefined | Refusal>;
}

/**
 * A checker with the bounds `maxConcurrentPasswordChecks` and `maxWaitingPasswordChecks`, first come, first served; it
 * remembers within `verifiedPasswordMs` and `maxVerifiedPasswords`.
 */
export function createPasswordChecker(given: Partial<Limits> = {}): PasswordChecker {
  const limits = limitsWith(given);
  const { maxConcurrentPasswordChecks, maxWaitingPasswordChecks } = limits;
  const cache = new PasswordCache(limits);
  const waiting: (() => void)[] = [];
  let running = 0;

  /** A running check hands its turn on without giving it up, so nobody can slip in between. */
  function finish(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  /** What the work gives, once it has its turn; undefined when too many wait already. */
  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (running < maxConcurrentPasswordChecks) running += 1;
    else if (waiting.length < maxWaitingPasswordChecks) await new Promise<void>((resolve) => waiting.push(resolve));
    else return undefined;
    try {
      return await work();
    } finally {
      finish();
    }
  }

  return {
    async check(password, hash, mayRemember = false) {
      // Made in every case, so that it tells nothing by its time.
      const mark = cache.markOf(password, hash);
      if (mayRemember && cache.has(mark)) return true;
      const isRight = await inTurn(() => verifyPassword(password, hash));
      if (isRight && mayRemember) cache.add(mark);
      return isRight ?? TOO_MANY;
    },

    hash: (password) => inTurn(() => hashPassword(password)),

    async policyRefusal(check) {
      const answer = await inTurn(async () => ({ refusal: await policyRefusalOffThread(check) }));
      return answer ? answer.refusal : TOO_MANY;
    },
  };
}
