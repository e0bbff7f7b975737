import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type SecurityKeyKind, softSecurityKey } from '../../testing/soft-security-key.ts';
import { isSignedBySecurityKey } from './security-key.ts';

const DATA = Buffer.from('what was sent');

for (const kind of ['ed25519', 'ecdsa'] satisfies readonly SecurityKeyKind[]) {
  suite(`a security key (${kind})`, () => {
    const key = softSecurityKey(kind);
    const signed = (options?: Parameters<typeof key.sign>[1]) => key.sign(DATA, options).behindLength;

    test('has signed what it was touched for', () => {
      // A number of ECDSA is shorter now and then.
      for (let round = 0; round < 200; round += 1) assert.ok(isSignedBySecurityKey(key.publicKey, DATA, signed()));
    });

    test('has signed nothing without a touch', () => {
      assert.equal(isSignedBySecurityKey(key.publicKey, DATA, signed({ flags: 0 })), false);
      assert.equal(isSignedBySecurityKey(key.publicKey, DATA, signed({ flags: 4 })), false);
      assert.equal(isSignedBySecurityKey(key.publicKey, DATA, signed({ flags: 5 })), true);
    });

    test('has not signed anything else, for anybody else, or for another application', () => {
      assert.equal(isSignedBySecurityKey(key.publicKey, Buffer.from('other'), signed()), false);
      assert.equal(isSignedBySecurityKey(softSecurityKey(kind).publicKey, DATA, signed()), false);
      assert.equal(isSignedBySecurityKey(key.publicKey, DATA, signed({ application: 'ssh:other' })), false);
      const named = { ...key.publicKey, algorithm: `sk-${kind}` };
      assert.equal(isSignedBySecurityKey(named, DATA, signed()), false);
    });

    test('is held to each bit and to the length of its signature and of its key', () => {
      const whole = signed();
      for (let at = 0; at < whole.length; at += 1) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 0x02;
        assert.equal(isSignedBySecurityKey(key.publicKey, DATA, changed), false, `byte ${at}`);
        assert.equal(isSignedBySecurityKey(key.publicKey, DATA, whole.subarray(0, at)), false);
      }
      assert.equal(isSignedBySecurityKey(key.publicKey, DATA, Buffer.concat([whole, Buffer.alloc(1)])), false);
      const { algorithm, blob } = key.publicKey;
      for (let length = 0; length < blob.length; length += 1) {
        assert.equal(isSignedBySecurityKey({ algorithm, blob: blob.subarray(0, length) }, DATA, whole), false);
      }
      const longer = Buffer.concat([blob, Buffer.alloc(4)]);
      assert.equal(isSignedBySecurityKey({ algorithm, blob: longer }, DATA, whole), false);
    });
  });
}
