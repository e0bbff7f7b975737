import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RateLimiter } from '../core/index.ts';
import { account } from './account.ts';
import { createAccountSessions } from './account-sessions.ts';

/** A rate limiter without a limit; each call makes another one. */
function makeRateLimiter(): RateLimiter {
  return { take: async () => {} };
}

test('an account has as many slots as it may have sessions, and each is given back once', () => {
  const sessions = createAccountSessions(makeRateLimiter);
  const alice = account('alice', { maxSessions: 2 });
  const first = sessions.take(alice);
  const second = sessions.take(alice);
  assert.ok(first && second);
  assert.equal(sessions.take(alice), undefined);
  first.release();
  first.release();
  assert.ok(sessions.take(alice));
  assert.equal(sessions.take(alice), undefined);
  assert.ok(sessions.take(account('bob', { maxSessions: 1 })));
});

test('all sessions of an account share its rateLimiters, and no other account does', () => {
  const sessions = createAccountSessions(makeRateLimiter);
  const alice = account('alice', { rate: { upload: 1000 } });
  const [first, second] = [sessions.take(alice), sessions.take(alice)];
  assert.ok(first?.rateLimiters.upload);
  assert.equal(second?.rateLimiters.upload, first.rateLimiters.upload);
  assert.equal(first.rateLimiters.download, undefined);
  assert.notEqual(sessions.take({ ...alice, name: 'bob' })?.rateLimiters.upload, first.rateLimiters.upload);
});

test('nothing is kept of an account whose last session has left', () => {
  const sessions = createAccountSessions(makeRateLimiter);
  const alice = account('alice', { rate: { upload: 1000 } });
  const first = sessions.take(alice);
  first?.release();
  assert.notEqual(sessions.take(alice)?.rateLimiters.upload, first?.rateLimiters.upload);
});

test('a new rate holds for the sessions that come after it', () => {
  const rates: number[] = [];
  const sessions = createAccountSessions((bytesPerSecond) => {
    rates.push(bytesPerSecond);
    return makeRateLimiter();
  });
  const old = sessions.take(account('alice', { rate: { download: 10 } }));
  const renewed = sessions.take(account('alice', { rate: { download: 20 } }));
  assert.deepEqual(rates, [10, 20]);
  assert.notEqual(renewed?.rateLimiters.download, old?.rateLimiters.download);
  assert.equal(sessions.take(account('alice'))?.rateLimiters.download, undefined);
});

test('all sessions of an account end when it is told so, with the reason, and no other account’s', () => {
  const sessions = createAccountSessions(makeRateLimiter);
  const [one, two, gone] = [account('alice'), account('alice'), account('alice')].map((each) => sessions.take(each));
  const bob = sessions.take(account('bob'));
  gone?.release();
  sessions.endSessions('alice', 'account disabled');
  assert.deepEqual(
    [one, two, gone, bob].map((place) => place?.revoked.aborted),
    [true, true, false, false],
  );
  assert.equal(one?.revoked.reason.message, 'account disabled');
  assert.equal(sessions.take(account('alice'))?.revoked.aborted, false);
});

test('sessions end at the moment when their account expires, also when it is far, is moved, or falls away', (context) => {
  const days = (count: number) => new Date(count * 86_400_000);
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const sessions = createAccountSessions(makeRateLimiter);
  const stays = sessions.take(account('stays', { expires: days(40) }));
  const moved = sessions.take(account('moved', { expires: days(40) }));
  const freed = sessions.take(account('freed', { expires: days(40) }));
  sessions.setExpiry('moved', days(1));
  sessions.setExpiry('freed', undefined);
  const ended = () => [stays, moved, freed].map((place) => place?.revoked.aborted);
  for (let minute = 0; minute < 24 * 60 - 1; minute += 1) context.mock.timers.tick(60_000);
  assert.deepEqual(ended(), [false, false, false]);
  context.mock.timers.tick(60_000);
  assert.deepEqual(ended(), [false, true, false]);
  for (let minute = 0; minute < 39 * 24 * 60; minute += 1) context.mock.timers.tick(60_000);
  assert.deepEqual(ended(), [true, true, false]);
  sessions.setExpiry('freed', days(1));
  assert.deepEqual(ended(), [true, true, true]);
});
