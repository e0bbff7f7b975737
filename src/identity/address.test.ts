import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isAllowed, networkOf } from './address.ts';

test('an IPv4 address counts by itself, in every form in which it comes', () => {
  for (const form of ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1']) {
    assert.equal(networkOf(form), '192.0.2.1');
  }
  assert.notEqual(networkOf('192.0.2.2'), '192.0.2.1');
});

test('an IPv6 address counts as its /64', () => {
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(networkOf('2001:0DB8:0001:2::'), '2001:db8:1:2::/64');
  assert.equal(networkOf('2001:db8:1:2::192.0.2.1'), '2001:db8:1:2::/64');
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
  assert.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2'));
  assert.notEqual(networkOf('2001:db8:1:3::1'), networkOf('2001:db8:1:2::1'));
});

test('the network of an IPv6 address, however it is written, holds the address', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      fc.pre(!isAllowed(address, ['::ffff:0:0/96']));
      assert.match(networkOf(address), /^([0-9a-f]{1,4}:){4}:\/64$/);
      assert.equal(isAllowed(address, [networkOf(address)]), true);
    }),
  );
});

test('two IPv6 addresses that differ in one group count together exactly when it is one of the last four', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), fc.nat(7), (groups, index) => {
      const textOf = (list: readonly number[]) => list.map((group) => group.toString(16)).join(':');
      const other = textOf(groups.with(index, (groups[index] ?? 0) ^ 1));
      assert.equal(networkOf(textOf(groups)) === networkOf(other), index >= 4);
    }),
  );
});

test('a network stands for itself', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (address) => {
      assert.equal(networkOf(networkOf(address)), networkOf(address));
    }),
  );
});

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
