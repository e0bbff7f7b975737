import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { test } from 'node:test';
import { createPasswordChecker } from './password-checker.ts';

/** The largest number of hashes that Node computed at the same time while `work` ran. */
async function mostHashesAtOnce(work: () => Promise<unknown>): Promise<number> {
  const running = new Set<number>();
  let most = 0;
  const hook = createHook({
    init(id, type) {
      if (type !== 'SCRYPTREQUEST') return;
      running.add(id);
      most = Math.max(most, running.size);
    },
    before: (id) => running.delete(id),
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return most;
}

test('no more passwords are checked at once than allowed, the rest wait, and what is too much is told to come again', async () => {
  const checker = createPasswordChecker({ maxConcurrentPasswordChecks: 2, maxWaitingPasswordChecks: 3 });
  let answers: unknown[] = [];
  const most = await mostHashesAtOnce(async () => {
    answers = await Promise.all(Array.from({ length: 7 }, () => checker.check('wrong', undefined)));
  });
  assert.equal(most, 2);
  assert.deepEqual(answers.slice(0, 5), [false, false, false, false, false]);
  for (const answer of answers.slice(5)) assert.equal((answer as { refused: string }).refused, 'unavailable');
});

test('whoever comes while others wait cannot slip in before them, nor beside them', async () => {
  const checker = createPasswordChecker({ maxConcurrentPasswordChecks: 1 });
  const order: string[] = [];
  const check = (name: string) => checker.check('wrong', undefined).then(() => order.push(name));
  const most = await mostHashesAtOnce(async () => {
    const first = check('first');
    const second = check('second');
    await first;
    await Promise.all([second, check('late'), check('last')]);
  });
  assert.equal(most, 1);
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
