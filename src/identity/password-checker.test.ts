import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { test } from 'node:test';
import { hashPassword } from './password.ts';
import { createPasswordChecker } from './password-checker.ts';

const PASSWORD = 'correct horse battery staple';

/** The hashes that Node computed while `work` ran: all of them, and the largest number at the same time. */
async function hashesDuring(work: () => Promise<unknown>): Promise<{ readonly all: number; readonly atOnce: number }> {
  const running = new Set<number>();
  let all = 0;
  let atOnce = 0;
  const hook = createHook({
    init(id, type) {
      if (type !== 'SCRYPTREQUEST') return;
      running.add(id);
      all += 1;
      atOnce = Math.max(atOnce, running.size);
    },
    before: (id) => running.delete(id),
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return { all, atOnce };
}

test('no more passwords are checked at once than allowed, the rest wait, and what is too much is told to come again', async () => {
  const checker = createPasswordChecker({ maxConcurrentPasswordChecks: 2, maxWaitingPasswordChecks: 3 });
  let answers: unknown[] = [];
  const { atOnce } = await hashesDuring(async () => {
    answers = await Promise.all(Array.from({ length: 7 }, () => checker.check('wrong', undefined)));
  });
  assert.equal(atOnce, 2);
  assert.deepEqual(answers.slice(0, 5), [false, false, false, false, false]);
  for (const answer of answers.slice(5)) assert.equal((answer as { refused: string }).refused, 'unavailable');
});

test('whoever comes while others wait cannot slip in before them, nor beside them', async () => {
  const checker = createPasswordChecker({ maxConcurrentPasswordChecks: 1 });
  const order: string[] = [];
  const check = (name: string) => checker.check('wrong', undefined).then(() => order.push(name));
  const { atOnce } = await hashesDuring(async () => {
    const first = check('first');
    const second = check('second');
    await first;
    await Promise.all([second, check('late'), check('last')]);
  });
  assert.equal(atOnce, 1);
  assert.deepEqual(order, ['first', 'second', 'late', 'last']);
});

test('places become free again, whatever the answer was', async () => {
  const checker = createPasswordChecker({ maxConcurrentPasswordChecks: 1, maxWaitingPasswordChecks: 1 });
  for (const password of ['', 'wrong', 'a\0']) {
    const answers = await Promise.all([checker.check(password, undefined), checker.check(password, undefined)]);
    assert.deepEqual(answers, [false, false]);
  }
  assert.equal(await checker.check('wrong', undefined), false);
});

test('a right password is hashed once, where it may be remembered, and a wrong one each time', async () => {
  const checker = createPasswordChecker();
  const hash = await hashPassword(PASSWORD);
  const check = (password: string, times: number, mayRemember?: boolean) =>
    hashesDuring(async () => {
      for (let time = 0; time < times; time += 1) {
        assert.equal(await checker.check(password, hash, mayRemember), password === PASSWORD);
      }
    });
  assert.equal((await check(PASSWORD, 2)).all, 2);
  assert.equal((await check(PASSWORD, 3, true)).all, 1);
  assert.equal((await check('wrong', 2, true)).all, 2);
  // Known by now: where the answer must not tell that it is right, it is hashed all the same.
  assert.equal((await check(PASSWORD, 2, false)).all, 2);
});

test('what is remembered ends with the stored hash, and needs no place', async () => {
  const checker = createPasswordChecker({ maxConcurrentPasswordChecks: 1, maxWaitingPasswordChecks: 0 });
  const hash = await hashPassword(PASSWORD);
  assert.equal(await checker.check(PASSWORD, hash, true), true);
  const other = await hashPassword('another good password');
  assert.equal(await checker.check(PASSWORD, other, true), false);
  assert.equal(await checker.check(PASSWORD, '', true), false);
  assert.equal(await checker.check(PASSWORD, undefined, true), false);
  const answers = await Promise.all([checker.check('wrong', hash, true), checker.check(PASSWORD, hash, true)]);
  assert.deepEqual(answers, [false, true]);
});

test('nothing is remembered where that is turned off', async () => {
  const checker = createPasswordChecker({ verifiedPasswordMs: 0 });
  const hash = await hashPassword(PASSWORD);
  const { all } = await hashesDuring(async () => {
    for (let time = 0; time < 2; time += 1) assert.equal(await checker.check(PASSWORD, hash, true), true);
  });
  assert.equal(all, 2);
});
