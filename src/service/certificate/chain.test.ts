import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { testAuthority, testCertificate } from '../../testing/certificates.ts';
import { CertificateError, readCertificate } from './index.ts';

const dayMs = 86_400_000;
const root = await testAuthority('Root');
const middle = await testAuthority('Middle', { ca: root });
const leaf = await testCertificate(['ftp.example'], { ca: middle });

/** What is said of a file with the certificates, in this order, and the key of the leaf; '' where it is taken. */
async function verdict(context: TestContext, certificates: readonly string[], key = leaf.key): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-chain-'));
  context.after(() => rm(directory, { recursive: true }));
  const files = { certificate: path.join(directory, 'chain.pem'), key: path.join(directory, 'key.pem') };
  await writeFile(files.certificate, certificates.join('\n'));
  await writeFile(files.key, key);
  try {
    await readCertificate(files);
    return '';
  } catch (error) {
    assert.ok(error instanceof CertificateError);
    assert.ok(error.message.startsWith(files.certificate), error.message);
    return error.message;
  }
}

test('a chain up to its root is taken, and so is a certificate that signs itself', async (context) => {
  assert.equal(await verdict(context, [leaf.certificate, middle.certificate, root.certificate]), '');
  assert.equal(await verdict(context, [leaf.certificate, middle.certificate]), '', 'the root is on the clients');
  const own = await testCertificate(['ftp.example']);
  assert.equal(await verdict(context, [own.certificate], own.key), '');
});

test('intermediates that are missing are named, with what to append', async (context) => {
  assert.match(
    await verdict(context, [leaf.certificate]),
    /lacks the certificate that issued CN=ftp\.example: append that of CN=Middle/,
  );
});

test('certificates out of order are named, with the order that is right', async (context) => {
  assert.match(
    await verdict(context, [middle.certificate, leaf.certificate, root.certificate]),
    /is out of order: the certificate of .*key\.pem is number 2 in it and must be the first \(CN=ftp\.example\)/,
  );
  assert.match(
    await verdict(context, [leaf.certificate, root.certificate, middle.certificate]),
    /certificate 2 \(CN=Root\) has not issued certificate 1 \(CN=ftp\.example\)/,
  );
});

test('a certificate of the chain that has expired, or does not hold yet, is named with its date', async (context) => {
  const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };
  const future = { notBefore: new Date(Date.now() + dayMs) };
  const expired = await testCertificate(['ftp.example'], past);
  assert.match(
    await verdict(context, [expired.certificate], expired.key),
    /expired on 2021-01-01T00:00:00\.000Z \(CN=ftp\.example\): renew it/,
  );
  const early = await testCertificate(['ftp.example'], future);
  assert.match(await verdict(context, [early.certificate], early.key), /is not valid before 20.* \(CN=ftp\.example\)/);
  const old = await testAuthority('Old', { ca: root, ...past });
  const below = await testCertificate(['ftp.example'], { ca: old });
  assert.match(
    await verdict(context, [below.certificate, old.certificate, root.certificate], below.key),
    /expired on .* \(CN=Old\)/,
  );
});
