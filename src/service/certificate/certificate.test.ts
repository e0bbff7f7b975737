import assert from 'node:assert/strict';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import * as fc from 'fast-check';
import { CertificateError, ensureSelfSigned, identify, readCertificate } from './index.ts';
import { makeSelfSigned } from './self-signed.ts';

async function temporaryDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-certificate-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

test('a self-signed certificate is one that TLS takes for its names, when it is trusted', async () => {
  const { certificate, key } = await makeSelfSigned(['files.example', 'localhost', '127.0.0.1', '::1']);
  const server = createServer({ cert: certificate, key }, (socket) => socket.end('whole')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const servername of ['files.example', 'localhost']) {
    const socket = connect({ host: '127.0.0.1', port, servername, ca: certificate });
    assert.equal((await socket.setEncoding('utf8').toArray()).join(''), 'whole');
  }
  const byAddress = connect({ host: '127.0.0.1', port, ca: certificate });
  assert.equal((await byAddress.setEncoding('utf8').toArray()).join(''), 'whole');
  server.close();
  await once(server, 'close');
});

test('it holds for ten years, from a little before now', async () => {
  const now = new Date('2045-02-03T04:05:06Z');
  const parsed = new X509Certificate((await makeSelfSigned(['localhost'], now)).certificate);
  assert.equal(new Date(parsed.validFrom).toISOString(), '2045-02-03T03:05:06.000Z');
  assert.equal(new Date(parsed.validTo).toISOString(), '2055-02-03T04:05:06.000Z');
});

test('it is signed by its own key, and two have nothing in common', async () => {
  const [one, two] = [await makeSelfSigned(['localhost']), await makeSelfSigned(['localhost'])];
  const parsed = new X509Certificate(one.certificate);
  assert.ok(parsed.verify(parsed.publicKey));
  assert.ok(parsed.checkPrivateKey(createPrivateKey(one.key)));
  assert.notEqual(parsed.serialNumber, new X509Certificate(two.certificate).serialNumber);
  assert.notEqual(one.key, two.key);
});

test('every IPv6 and IPv4 address comes out as it went in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.ipV4(), fc.ipV6()), async (address) => {
      const parsed = new X509Certificate((await makeSelfSigned(['localhost', address])).certificate);
      assert.equal(parsed.checkIP(address), address);
    }),
    { numRuns: 60 },
  );
});

test('a host name too long for a subject is whole among the names', async () => {
  const name = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
  assert.equal(new X509Certificate((await makeSelfSigned([name])).certificate).checkHost(name), name);
});

test('fingerprint and pin are those that openssl prints and curl takes', async () => {
  const { certificate } = await makeSelfSigned(['localhost']);
  const { fingerprint, pin } = identify(certificate);
  const parsed = new X509Certificate(certificate);
  const hex = createHash('sha256').update(parsed.raw).digest('hex').toUpperCase();
  assert.equal(fingerprint, hex.match(/../g)?.join(':'));
  const key = parsed.publicKey.export({ type: 'spki', format: 'der' });
  assert.equal(pin, `sha256//${createHash('sha256').update(key).digest('base64')}`);
});

test('the certificate is made once, and only its owner may read the key', async (context) => {
  const directory = path.join(await temporaryDirectory(context), 'tls');
  const files = await ensureSelfSigned(directory);
  const first = await readCertificate(files);
  assert.equal((await stat(files.key)).mode & 0o777, 0o600);
  await ensureSelfSigned(directory);
  assert.deepEqual(await readCertificate(files), first);
});

test('a certificate whose key is gone is named, and not replaced', async (context) => {
  const files = await ensureSelfSigned(await temporaryDirectory(context));
  const before = await readFile(files.certificate, 'utf8');
  await rm(files.key);
  assert.deepEqual(await ensureSelfSigned(path.dirname(files.key)), files);
  await assert.rejects(readCertificate(files), new CertificateError(`${files.key}: no such file`));
  assert.equal(await readFile(files.certificate, 'utf8'), before);
});

test('an operator’s files that can not work are named', async (context) => {
  const directory = await temporaryDirectory(context);
  const files = await ensureSelfSigned(directory);
  const other = await ensureSelfSigned(path.join(directory, 'other'));
  await assert.rejects(readCertificate({ ...files, key: other.key }), /is not the key of the certificate in/);
  const text = path.join(directory, 'text.pem');
  await writeFile(text, 'no certificate');
  await assert.rejects(readCertificate({ ...files, certificate: text }), /text\.pem: holds no certificate \(PEM\)/);
  await assert.rejects(readCertificate({ ...files, key: text }), /text\.pem: holds no unencrypted private key/);
});
