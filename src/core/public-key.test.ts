import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { isKeyOfLine, keyOfLine, nameOfLine, optionsOfLine, publicKeyLine, readPublicKeyLine } from './public-key.ts';

/** Strings with their lengths before them (RFC 4251 section 5). */
function blobOf(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '';
const BLOB = blobOf(Buffer.from('ssh-ed25519'), Buffer.from(ed25519, 'base64url'));
const LINE = `ssh-ed25519 ${BLOB.toString('base64')}`;

function rsaLine(modulusLength: number): string {
  const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });
  const positive = Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')]);
  const blob = blobOf(Buffer.from('ssh-rsa'), Buffer.from(e, 'base64url'), positive);
  return `ssh-rsa ${blob.toString('base64')}`;
}

test('a line of authorized_keys is read with its comment, and knows its own key', () => {
  assert.equal(publicKeyLine(`  ${LINE}   anna@laptop of 2026 `), `${LINE} anna@laptop of 2026`);
  const line = publicKeyLine(LINE);
  assert.ok(line);
  const key = { algorithm: 'ssh-ed25519', blob: BLOB };
  assert.equal(isKeyOfLine(key, line), true);
  for (let index = 0; index < BLOB.length; index += 1) {
    const other = Buffer.from(BLOB);
    other[index] = (other[index] ?? 0) ^ 1;
    assert.equal(isKeyOfLine({ ...key, blob: other }, line), false);
  }
  assert.equal(isKeyOfLine({ ...key, blob: BLOB.subarray(0, -1) }, line), false);
  assert.equal(isKeyOfLine({ ...key, blob: Buffer.alloc(0) }, line), false);
});

test('options before a key are kept with it, and the key is the same without them', () => {
  const line = publicKeyLine(`from="192.0.2.1",expiry-time="20300101Z"  ${LINE} anna "the  first"`);
  assert.ok(line);
  assert.equal(line, `from="192.0.2.1",expiry-time="20300101Z" ${LINE} anna "the first"`);
  assert.equal(publicKeyLine(line), line);
  assert.equal(keyOfLine(line), LINE);
  assert.equal(isKeyOfLine({ algorithm: 'ssh-ed25519', blob: BLOB }, line), true);
  assert.deepEqual(optionsOfLine(line).from, ['192.0.2.1']);
  assert.equal(nameOfLine(line), 'ssh-ed25519 anna "the first" (from="192.0.2.1",expiry-time="20300101Z")');
});

test('a line says what is wrong with it', () => {
  const read = readPublicKeyLine(`command="rm -rf /" ${LINE}`);
  assert.ok('problem' in read && /option command/.test(read.problem));
});

test('an RSA key of 2048 bits is enough, and a shorter one is none', () => {
  assert.ok(publicKeyLine(rsaLine(2048)));
  assert.equal(publicKeyLine(rsaLine(1024)), undefined);
});

test('what is no key, has options that are not held, or says another algorithm than its key is refused', () => {
  const base64 = BLOB.toString('base64');
  const lines = [
    '',
    'ssh-ed25519',
    base64,
    `command="rm" ${LINE}`,
    `ssh-rsa ${base64}`,
    `ssh-dss ${blobOf(Buffer.from('ssh-dss')).toString('base64')}`,
    `ssh-ed25519 ${base64.slice(1)}`,
    `ssh-ed25519 ${base64}\nssh-ed25519 ${base64}`,
    `${LINE} anna\u202e`,
    `${LINE} ${'x'.repeat(10_000)}`,
    'ssh-ed25519 AAAA',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
  ];
  for (const line of lines) assert.equal(publicKeyLine(line), undefined, line);
});
