import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainAddress } from './addresses.ts';

for (const [text, plain] of [
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::1', '::1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['localhost', 'localhost'],
  ['', ''],
] as const) {
  test(`the address ${JSON.stringify(text)} is ${JSON.stringify(plain)}`, () =>
    assert.equal(plainAddress(text), plain));
}
