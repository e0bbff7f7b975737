import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pace } from '../core/index.ts';
import { account } from './account.ts';
import { createPlaces } from './places.ts';

/** A pace that lets everything through; each call makes another one. */
function makePace(): Pace {
  return { take: async () => {} };
}

test('an account has as many places as it may have sessions, and each is given back once', () => {
  const places = createPlaces(makePace);
  const alice = account('alice', { maxSessions: 2 });
  const first = places.take(alice);
  const second = places.take(alice);
  assert.ok(first && second);
  assert.equal(places.take(alice), undefined);
  first.release();
  first.release();
  assert.ok(places.take(alice));
  assert.equal(places.take(alice), undefined);
  assert.ok(places.take(account('bob', { maxSessions: 1 })));
});

test('all sessions of an account share its paces, and no other account does', () => {
  const places = createPlaces(makePace);
  const alice = account('alice', { rate: { upload: 1000 } });
  const [first, second] = [places.take(alice), places.take(alice)];
  assert.ok(first?.paces.upload);
  assert.equal(second?.paces.upload, first.paces.upload);
  assert.equal(first.paces.download, undefined);
  assert.notEqual(places.take({ ...alice, name: 'bob' })?.paces.upload, first.paces.upload);
});

test('nothing is kept of an account whose last session has left', () => {
  const places = createPlaces(makePace);
  const alice = account('alice', { rate: { upload: 1000 } });
  const first = places.take(alice);
  first?.release();
  assert.notEqual(places.take(alice)?.paces.upload, first?.paces.upload);
});

test('a new rate holds for the sessions that come after it', () => {
  const rates: number[] = [];
  const places = createPlaces((bytesPerSecond) => {
    rates.push(bytesPerSecond);
    return makePace();
  });
  const old = places.take(account('alice', { rate: { download: 10 } }));
  const renewed = places.take(account('alice', { rate: { download: 20 } }));
  assert.deepEqual(rates, [10, 20]);
  assert.notEqual(renewed?.paces.download, old?.paces.download);
  assert.equal(places.take(account('alice'))?.paces.download, undefined);
});
