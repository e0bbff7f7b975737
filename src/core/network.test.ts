import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addressGroups, canonicalNetwork, isInNetwork, isNetwork, networkOf } from './network.ts';

const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6());

test('an address is read where Node reads one, and nowhere else', () => {
  const text = fc.oneof(anyAddress, fc.stringMatching(/^[0-9a-f:.]{0,20}$/), fc.string());
  fc.assert(
    fc.property(text, (each) => {
      // A leading zero is an octal number to some, and no address to Node.
      fc.pre(!/(^|[.:])0\d/.test(each) && !each.includes('%'));
      assert.equal(addressGroups(each) !== undefined, isIP(each) !== 0, each);
    }),
    { numRuns: 2000 },
  );
});

test('a range of one family holds what Node’s list says', () => {
  for (const [addresses, family, width] of [
    [fc.ipV4(), 'ipv4', 32],
    [fc.ipV6(), 'ipv6', 128],
  ] as const) {
    fc.assert(
      fc.property(addresses, addresses, fc.integer({ min: 0, max: width }), (address, base, prefix) => {
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        assert.equal(isInNetwork(address, `${base}/${prefix}`), list.check(address, family));
        assert.ok(isInNetwork(base, `${base}/${prefix}`));
      }),
      { numRuns: 500 },
    );
  }
});

test('IPv4 and IPv4-mapped IPv6 are the same', () => {
  assert.ok(isInNetwork('::ffff:192.0.2.7', '192.0.2.0/24'));
  assert.ok(isInNetwork('192.0.2.7', '::ffff:192.0.2.0/120'));
  assert.ok(isInNetwork('192.0.2.7', '192.0.2.7'));
  assert.ok(!isInNetwork('192.0.3.7', '::ffff:192.0.2.0/120'));
});

test('what can not be read holds nobody', () => {
  for (const network of [
    '',
    '192.0.2.0/',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '::/129',
    'ten.0.0.0/8',
    '1.2.3.4.5',
    ':::',
  ]) {
    assert.ok(!isInNetwork('192.0.2.1', network), network);
    assert.ok(!isInNetwork('::1', network), network);
  }
  assert.ok(!isInNetwork('somewhere', '0.0.0.0/0'));
});

test('a network is an address or a CIDR range, without a zone and without leading zeros', () => {
  fc.assert(fc.property(anyAddress, (address) => assert.equal(isNetwork(address), true, address)));
  for (const [text, is] of [
    ['192.0.2.0/24', true],
    ['192.0.2.0/0', true],
    ['2001:db8::/128', true],
    ['::ffff:10.0.0.0/104', true],
    ['192.0.2.0/33', false],
    ['2001:db8::/129', false],
    ['192.0.2.0/', false],
    ['192.0.2.0/-1', false],
    ['192.0.2.0/24/24', false],
    ['010.0.0.1', false],
    ['fe80::1%eth0', false],
    ['example.org', false],
    ['', false],
  ] as const) {
    assert.equal(isNetwork(text), is, text);
  }
});

test('a network has one canonical form, which means the same', () => {
  for (const [text, canonical] of [
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7/120', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::/64'],
    ['2001:db8:0:0::/64', '2001:db8::/64'],
    ['::1', '::1'],
    ['192.0.2.1/33', undefined],
    ['example.org', undefined],
  ] as const) {
    assert.equal(canonicalNetwork(text), canonical, text);
  }
  const network = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  );
  fc.assert(
    fc.property(network, anyAddress, ([base, bits], address) => {
      const text = `${base}/${bits}`;
      const canonical = canonicalNetwork(text) ?? '';
      assert.ok(isNetwork(canonical), canonical);
      assert.equal(canonicalNetwork(canonical), canonical);
      for (const each of [base, address]) assert.equal(isInNetwork(each, canonical), isInNetwork(each, text));
    }),
  );
});

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
      fc.pre(!isInNetwork(address, '::ffff:0:0/96'));
      assert.match(networkOf(address), /^([0-9a-f]{1,4}:){4}:\/64$/);
      assert.equal(isInNetwork(address, networkOf(address)), true);
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
