import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { testAuthority, testCertificate } from '../../testing/certificates.ts';
import { createTlsIdentity } from './tls-identity.ts';
import type { CertificateSource, TlsSettings } from './tls-settings.ts';

const first = await testCertificate(['Files.Example.org', '*.wild.example.org', '192.0.2.7', 'fd00::7']);
const second = await testCertificate(['other.example.org']);

const identity = (settings: TlsSettings) => createTlsIdentity(settings, limitsWith());
const withOne = (source: CertificateSource) => () => identity({ certificates: [source] });

describe('the names of a TLS identity', () => {
  const both = identity({ certificates: [first, second] });

  test('are those of all certificates, lower-case', () => {
    assert.deepEqual(both.names, [
      'files.example.org',
      '*.wild.example.org',
      '192.0.2.7',
      'fd00::7',
      'other.example.org',
    ]);
  });

  for (const [host, expected] of [
    ['files.example.org', true],
    ['FILES.EXAMPLE.ORG', true],
    ['other.example.org', true],
    ['a.wild.example.org', true],
    ['a.b.wild.example.org', false],
    ['wild.example.org', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['fd00::7', true],
    ['fd00:0:0:0:0:0:0:7', true],
    ['example.org', false],
    ['files.example.org\0.evil.example', false],
    ['files.example.org.', false],
    ['', false],
  ] as const) {
    test(`${expected ? 'cover' : 'do not cover'} ${JSON.stringify(host)}`, () =>
      assert.equal(both.covers(host), expected));
  }
});

describe('a TLS identity is refused', () => {
  test('without a certificate', () => {
    assert.throws(() => identity({ certificates: [] }), { code: 'no-certificate' });
  });

  test('when the key belongs to another certificate', () => {
    assert.throws(withOne({ certificate: first.certificate, key: second.key }), {
      code: 'key-mismatch',
      message: /files\.example\.org/,
    });
  });

  test('when the certificate is no certificate', () => {
    assert.throws(withOne({ certificate: 'hello', key: first.key }), { code: 'bad-certificate' });
    const damaged = first.certificate.replace(/\n.{8}/, '\nAAAAAAAA');
    assert.throws(withOne({ certificate: damaged, key: first.key }), { code: 'bad-certificate' });
  });

  test('when a later certificate of the chain is damaged', () => {
    const damaged = second.certificate.replace(/\n.{8}/, '\nAAAAAAAA');
    assert.throws(withOne({ certificate: first.certificate + damaged, key: first.key }), { code: 'bad-certificate' });
  });

  test('when the key is no key, and the message does not hold it', () => {
    assert.throws(withOne({ certificate: first.certificate, key: 'SECRET' }), (error: Error) => {
      assert.equal('code' in error && error.code, 'bad-key');
      assert.doesNotMatch(error.message, /SECRET/);
      return true;
    });
  });

  test('when a client authority is no certificate', () => {
    const clientCertificates = { ask: 'require', authorities: ['nothing'] } as const;
    assert.throws(() => identity({ certificates: [first], clientCertificates }), { code: 'bad-authority' });
  });
});

test('an encrypted key is opened with its passphrase, and with no other', () => {
  const key = createPrivateKey(first.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' })
    .toString();
  assert.throws(withOne({ certificate: first.certificate, key }), { code: 'bad-key' });
  assert.throws(withOne({ certificate: first.certificate, key, passphrase: 'shut' }), { code: 'bad-key' });
  assert.doesNotThrow(withOne({ certificate: first.certificate, key, passphrase: 'open' }));
});

test('a certificate that expired, or is not valid yet, gives a warning', async () => {
  const day = 86_400_000;
  const old = await testCertificate(['old.example'], { notAfter: new Date(Date.now() - day / 2) });
  const young = await testCertificate(['young.example'], { notBefore: new Date(Date.now() + day) });
  const { warnings } = identity({ certificates: [first, old, young] });
  assert.equal(warnings.length, 2);
  assert.match(warnings[0] ?? '', /old\.example expired/);
  assert.match(warnings[1] ?? '', /young\.example is not valid before/);
});

test('a certificate with its authority behind it is taken as a chain', async () => {
  const ca = await testAuthority();
  const leaf = await testCertificate(['leaf.example'], { ca });
  const { names } = identity({ certificates: [{ ...leaf, certificate: leaf.certificate + '\n' + ca.certificate }] });
  assert.deepEqual(names, ['leaf.example']);
});
