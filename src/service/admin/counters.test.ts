import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionCounter } from './connection-counter.ts';
import { RequestCounter } from './request-counter.ts';

test('connections of one IPv6 /64 are counted together, and a place is free again once it is given back', () => {
  const counter = new ConnectionCounter(2);
  const first = counter.take('2001:db8:1:2::1');
  assert.ok(first && counter.take('2001:db8:1:2:ffff::2'));
  assert.equal(counter.take('2001:db8:1:2::3'), undefined);
  assert.ok(counter.take('2001:db8:1:3::1'));
  first();
  assert.ok(counter.take('2001:db8:1:2::3'));
  assert.equal(counter.take('2001:db8:1:2::4'), undefined);
});

test('an IPv4 address is one, also where it comes over IPv6', () => {
  const counter = new ConnectionCounter(1);
  assert.ok(counter.take('192.0.2.1'));
  assert.equal(counter.take('::ffff:192.0.2.1'), undefined);
  assert.ok(counter.take('192.0.2.2'));
});

test('requests of one IPv6 /64 are counted together, until the minute is over', () => {
  let now = 0;
  const counter = new RequestCounter(2, () => now);
  const ask = (host: number) => counter.admit(`2001:db8:1:2::${host}`);
  assert.deepEqual([1, 2, 3].map(ask), [true, true, false]);
  assert.ok(counter.admit('2001:db8:1:3::1'));
  assert.equal(counter.retryAfter, 60);
  now = 60_000;
  assert.ok(ask(3));
});
