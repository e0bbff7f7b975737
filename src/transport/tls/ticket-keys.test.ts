import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { TicketKeys } from './ticket-keys.ts';

const secret = randomBytes(32);
const connections = fc.stringMatching(/^[0-9a-f]{1,16}$/);

test('whoever has the secret finds the connection and the key by the name of the key', () => {
  const [one, other] = [new TicketKeys(secret), new TicketKeys(Uint8Array.from(secret))];
  fc.assert(
    fc.property(connections, (connection) => {
      const name = one.keyNameOf(connection);
      assert.equal(name.length, 16);
      assert.equal(other.connectionOf(name), connection);
      assert.deepEqual(other.keyOf(name), one.keyOf(name));
    }),
  );
});

test('each connection has a key of its own, and its name does not show in that of the key', () => {
  const keys = new TicketKeys();
  const names = ['a1b2c3d4e5f6', 'a1b2c3d4e5f7'].map((connection) => keys.keyNameOf(connection));
  const [one, other] = names.map((name) => keys.keyOf(name));
  assert.notDeepEqual(one?.hmac, other?.hmac);
  assert.notDeepEqual(one?.aes, other?.aes);
  assert.notDeepEqual(one?.hmac, one?.aes);
  for (const name of names) assert.doesNotMatch(name.toString('latin1'), /a1b2|e5f/);
});

test('with another secret a name means nothing', () => {
  const name = new TicketKeys(secret).keyNameOf('a1b2c3d4e5f6');
  assert.equal(new TicketKeys().connectionOf(name), undefined);
  assert.notDeepEqual(new TicketKeys().keyOf(name), new TicketKeys(secret).keyOf(name));
});

test('any sixteen bytes are read, and what is no name is taken for none', () => {
  const keys = new TicketKeys(secret);
  for (let round = 0; round < 1000; round += 1) {
    const connection = keys.connectionOf(randomBytes(16));
    assert.ok(connection === undefined || /^[!-~]+$/.test(connection));
  }
});

test('a connection without a name, or with one that is too long, has no key', () => {
  for (const name of ['', 'more than sixteen', 'a b', 'ä', 'a\0b']) {
    assert.throws(() => new TicketKeys(secret).keyNameOf(name), RangeError);
  }
});
