import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CountedPlaces } from './counted-places.ts';

test('each key has its own places, and a freed one can be taken again', () => {
  const places = new CountedPlaces(2);
  const first = places.take('a');
  assert.ok(first);
  assert.ok(places.take('a'));
  assert.equal(places.take('a'), undefined);
  assert.ok(places.take('b'));
  first();
  assert.ok(places.take('a'));
});

test('freeing twice frees one place', () => {
  const places = new CountedPlaces(2);
  const free = places.take('a');
  assert.ok(free);
  assert.ok(places.take('a'));
  free();
  free();
  assert.ok(places.take('a'));
  assert.equal(places.take('a'), undefined);
});
