import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CountedPlaces } from './counted-places.ts';

test('each key has its own places, and a freed one can be taken again', () => {
  const places = new CountedPlaces();
  const first = places.take('a', 2);
  assert.ok(first);
  assert.ok(places.take('a', 2));
  assert.equal(places.take('a', 2), undefined);
  assert.ok(places.take('b', 2));
  first();
  assert.ok(places.take('a', 2));
});

test('freeing twice frees one place', () => {
  const places = new CountedPlaces();
  const free = places.take('a', 2);
  assert.ok(free);
  assert.ok(places.take('a', 2));
  free();
  free();
  assert.ok(places.take('a', 2));
  assert.equal(places.take('a', 2), undefined);
});
