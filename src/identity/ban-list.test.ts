import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as fc from 'fast-check';
import { type Ban, FOREVER, isInNetwork } from '../core/index.ts';
import { type BanList, createBanList } from './ban-list.ts';

let time = 0;
let bans: BanList;

beforeEach(() => {
  time = 5;
  bans = createBanList(3, () => time);
});

function byOperator(network: string): Ban {
  return { network, until: FOREVER, operator: { since: new Date(0), reason: 'guesses' } };
}

function byLogins(network: string): Ban {
  return { network, until: new Date(0) };
}

test('a ban of an operator holds for the addresses of its network and for no others', () => {
  const network = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  );
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(fc.array(network, { maxLength: 8 }), address, (networks, address) => {
      const list = createBanList(3, () => time);
      const texts = networks.map(([base, bits]) => `${base}/${bits}`);
      for (const text of texts) list.add(byOperator(text), 1000);
      for (const each of [address, ...networks.map(([base]) => base)]) {
        assert.equal(
          list.find(each) !== undefined,
          texts.some((text) => isInNetwork(each, text)),
          `${each} of ${texts.join(', ')}`,
        );
      }
    }),
  );
});

test('a ban is over when its time is, and is listed no more', () => {
  bans.add(byOperator('192.0.2.0/24'), 1000);
  bans.add(byLogins('198.51.100.1'), 500);
  assert.equal(bans.list().length, 2);
  time += 500;
  assert.deepEqual(bans.list(), [byOperator('192.0.2.0/24')]);
  assert.equal(bans.find('198.51.100.1'), undefined);
  time += 500;
  assert.equal(bans.find('192.0.2.1'), undefined);
  assert.deepEqual(bans.list(), []);
});

test('strangers who fail push out each other’s bans, and none of an operator', () => {
  bans.add(byOperator('192.0.2.1'), Infinity);
  for (let host = 1; host <= 4; host += 1) bans.add(byLogins(`198.51.100.${host}`), 1000);
  assert.deepEqual(
    ['192.0.2.1', '198.51.100.1', '198.51.100.2', '198.51.100.4'].map((address) => bans.find(address) !== undefined),
    [true, false, true, true],
  );
});

test('what is lifted is exactly this network, however it is written', () => {
  bans.add(byOperator('2001:db8::/32'), 1000);
  bans.add(byOperator('192.0.2.0/24'), 1000);
  bans.add(byOperator('192.0.2.7'), 1000);
  bans.add(byLogins('2001:db8:1:0::/64'), 1000);
  assert.deepEqual(bans.lift('192.0.2.8'), []);
  assert.deepEqual(bans.lift('192.0.2.99/24'), [byOperator('192.0.2.0/24')]);
  assert.deepEqual(bans.lift('2001:DB8:1::/64'), [byLogins('2001:db8:1:0::/64')]);
  assert.deepEqual(bans.lift('2001:db8::'), []);
  assert.deepEqual(
    ['192.0.2.8', '192.0.2.7', '2001:db8:1::1'].map((address) => bans.find(address)?.network),
    [undefined, '192.0.2.7', '2001:db8::/32'],
  );
});

test('an operator’s ban of a network replaces the one before', () => {
  bans.add(byOperator('192.0.2.0/24'), 1000);
  const next = { ...byOperator('192.0.2.0/24'), until: new Date(1) };
  bans.add(next, 10);
  assert.deepEqual(bans.list(), [next]);
  time += 10;
  assert.equal(bans.find('192.0.2.1'), undefined);
});
