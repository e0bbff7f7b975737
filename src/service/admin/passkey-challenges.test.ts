import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PasskeyChallenges } from './passkey-challenges.ts';

const textOf = (challenge: Uint8Array) => Buffer.from(challenge).toString('base64url');

test('a challenge is good for one purpose, once, and until its time is over', () => {
  let now = 0;
  const challenges = new PasskeyChallenges(100, 2, () => now);
  const first = textOf(challenges.make('login'));
  assert.ok(challenges.isGood(first, 'login'));
  assert.ok(!challenges.isGood(first, 'new olga'));
  assert.ok(challenges.answer(first));
  assert.ok(!challenges.isGood(first, 'login'));
  const second = textOf(challenges.make('login'));
  now = 99;
  assert.ok(challenges.isGood(second, 'login'));
  now = 100;
  assert.ok(!challenges.isGood(second, 'login'));
});

test('what this process has not made is no challenge', () => {
  const challenges = new PasskeyChallenges(100, 2, () => 0);
  const others = new PasskeyChallenges(100, 2, () => 0);
  assert.ok(!challenges.isGood(textOf(others.make('login')), 'login'));
  const bytes = challenges.make('login');
  // A later end, say.
  bytes[20] = (bytes[20] ?? 0) + 1;
  assert.ok(!challenges.isGood(textOf(bytes), 'login'));
  assert.ok(!challenges.isGood('', 'login'));
  assert.ok(!challenges.isGood('x'.repeat(4000), 'login'));
});

test('answers are remembered up to a bound, until their time is over', () => {
  let now = 0;
  const challenges = new PasskeyChallenges(100, 1, () => now);
  const [one, two] = [textOf(challenges.make('login')), textOf(challenges.make('login'))];
  assert.ok(challenges.answer(one));
  assert.ok(!challenges.answer(two));
  now = 100;
  assert.ok(challenges.answer(textOf(challenges.make('login'))));
});
