import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal, limitsWith, type Refusal } from '../core/index.ts';
import { account } from './account.ts';
import { createAccountLock } from './account-lock.ts';
import { passwordAuthenticator } from './password-authenticator.ts';
import type { PasswordChecker } from './password-checker.ts';

const LIMITS = limitsWith();
const PEER = { session: 's1', protocol: 'ftp', address: '192.0.2.1', port: 4000 } as const;

/** What was saved, and a clock to move. */
function lockUnderTest(after = 3) {
  const clock = { now: 0 };
  const saved: string[] = [];
  const { promise: written, resolve: write, reject: fail } = Promise.withResolvers<void>();
  const save = (account: string) => {
    saved.push(account);
    return written;
  };
  const lock = createAccountLock(
    () => ({ after, forMs: 60_000 }),
    LIMITS,
    save,
    () => clock.now,
  );
  return { lock, clock, saved, write, fail };
}

test('an account is locked after so many wrong passwords within the window, and a right one begins anew', () => {
  const { lock, clock, saved } = lockUnderTest();
  lock.failed('anna');
  lock.failed('anna');
  lock.failed('ben');
  lock.succeeded('anna');
  lock.failed('anna');
  lock.failed('anna');
  clock.now += LIMITS.failedLoginWindowMs;
  lock.failed('anna');
  lock.failed('anna');
  assert.deepEqual(saved, []);
  lock.failed('anna');
  assert.deepEqual([saved, lock.isLocking('anna'), lock.isLocking('ben')], [['anna'], true, false]);
});

test('a lock that could not be stored holds in the process for its time, and one that was is left to the store', async () => {
  for (const outcome of ['write', 'fail'] as const) {
    const under = lockUnderTest(1);
    under.lock.failed('anna');
    under[outcome]();
    await new Promise(setImmediate);
    assert.equal(under.lock.isLocking('anna'), outcome === 'fail');
    under.clock.now += 60_000;
    assert.equal(under.lock.isLocking('anna'), false);
  }
});

test('without the rule nobody is locked', () => {
  const { lock, saved } = lockUnderTest(0);
  for (let time = 1; time <= 100; time += 1) lock.failed('anna');
  assert.deepEqual(saved, []);
});

const anna = account('anna');

/** An authenticator whose right password is `right`; its checks end in the order that the test gives. */
function authenticatorUnderTest(found: { readonly lockedUntil?: Date; readonly passwordExpires?: Date } = {}) {
  const { lock, saved } = lockUnderTest(2);
  const waiting: (() => void)[] = [];
  const checker: PasswordChecker = {
    check: async (password) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return password === 'right';
    },
    hash: async () => undefined,
    policyRefusal: async () => undefined,
  };
  const find = async (name: string) => (name === 'anna' ? { account: anna, passwordHash: 'any', ...found } : undefined);
  const authenticator = passwordAuthenticator(find, checker, { lock });
  return {
    saved,
    async attempt(password: string): Promise<() => Promise<Refusal | 'in'>> {
      const verdict = authenticator.authenticate('anna', { kind: 'password', password }, PEER);
      await new Promise(setImmediate);
      const end = waiting.at(-1);
      return async () => {
        end?.();
        const known = await verdict;
        return isRefusal(known) ? known : (authenticator.passwordDue?.(known) ?? 'in');
      };
    },
  };
}

test('a right password that was being checked while others locked the account does not pass', async () => {
  const under = authenticatorUnderTest();
  const right = await under.attempt('right');
  for (const guess of ['one', 'two']) await (await under.attempt(guess))();
  assert.deepEqual(under.saved, ['anna']);
  const verdict = await right();
  assert.ok(verdict !== 'in');
  assert.deepEqual(
    [verdict.refused, verdict.message, verdict.detail],
    ['credentials', 'Wrong user name or password', 'locked after too many wrong passwords'],
  );
});

test('a locked account answers the right password like a wrong one, and one whose time is over lets in', async () => {
  const locked = authenticatorUnderTest({ lockedUntil: new Date(Date.now() + 3_600_000) });
  const [right, wrong] = [await (await locked.attempt('right'))(), await (await locked.attempt('wrong'))()];
  assert.ok(right !== 'in' && wrong !== 'in');
  assert.deepEqual([right.refused, right.message], [wrong.refused, wrong.message]);
  const over = authenticatorUnderTest({ lockedUntil: new Date(Date.now() - 1) });
  assert.equal(await (await over.attempt('right'))(), 'in');
});

test('an expired password is named to who knows it, and to nobody else', async () => {
  const expired = authenticatorUnderTest({ passwordExpires: new Date(Date.now() - 1) });
  const [right, wrong] = [await (await expired.attempt('right'))(), await (await expired.attempt('wrong'))()];
  assert.ok(right !== 'in' && wrong !== 'in');
  assert.match(right.message, /^The password of this account has expired/);
  assert.equal(wrong.message, 'Wrong user name or password');
  const soon = authenticatorUnderTest({ passwordExpires: new Date(Date.now() + 60_000) });
  assert.equal(await (await soon.attempt('right'))(), 'in');
});
