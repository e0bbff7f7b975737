import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowed } from './address.ts';

test('an empty list of addresses allows all, any other only what it names', () => {
  assert.equal(isAllowed('192.0.2.1', []), true);
  const list = ['192.0.2.0/24', '198.51.100.7', '2001:db8::/32', '::1'];
  for (const inside of ['192.0.2.1', '::ffff:192.0.2.255', '198.51.100.7', '2001:db8:ffff::1', '::1']) {
    assert.equal(isAllowed(inside, list), true, inside);
  }
  for (const outside of ['192.0.3.1', '198.51.100.8', '2001:db9::1', '::2', '::ffff:192.0.3.1', 'nonsense', '']) {
    assert.equal(isAllowed(outside, list), false, outside);
  }
  assert.equal(isAllowed('192.0.2.1', ['::ffff:192.0.2.0/120']), true);
  assert.equal(isAllowed('fe80::1%eth0', ['fe80::/10']), true);
});

test('an entry that cannot be read admits nobody', () => {
  for (const entry of ['', 'localhost', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/x', '192.0.2', '::/129', '/0']) {
    assert.equal(isAllowed('192.0.2.1', [entry]), false, entry);
    assert.equal(isAllowed('::1', [entry]), false, entry);
  }
});
