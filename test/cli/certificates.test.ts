import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { testAuthority, testCertificate } from '../../src/testing/certificates.ts';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };

test('config check and serve refuse a certificate that clients would refuse, and say what to do', async (context) => {
  const directory = await temporaryDirectory(context);
  const expired = await testCertificate(['ftp.example'], past);
  const alone = await testCertificate(['ftp.example'], { ca: await testAuthority('Some Authority') });
  for (const [{ certificate, key }, message] of [
    [expired, /^lockport: .*certificate\.pem: expired on 2021-01-01T00:00:00\.000Z \(CN=ftp\.example\): renew it/],
    [
      alone,
      /^lockport: .*certificate\.pem: lacks the certificate that issued CN=ftp\.example: append that of CN=Some Au/,
    ],
  ] as const) {
    await writeFile(join(directory, 'certificate.pem'), certificate);
    await writeFile(join(directory, 'key.pem'), key);
    const config = join(directory, 'lockport.yaml');
    await writeFile(config, 'tls: {certificates: [{certificate: certificate.pem, key: key.pem}]}\n');
    const ports = ['--explicit-port', '0', '--implicit-port', '0'];
    for (const args of [
      ['config', 'check', config],
      ['serve', '--config', config, '--data-dir', join(directory, 'data'), ...ports],
    ]) {
      const { code, output, errors } = await lockport(args);
      assert.match(errors, message);
      assert.equal(code, 2);
      assert.doesNotMatch(output, /Listening/);
    }
  }
});

test('config check looks at the certificate that the server has made, too', async (context) => {
  const dataDir = join(await temporaryDirectory(context), 'data');
  const server = await serve(context, dataDir);
  await server.firstAccount();
  await server.kill();
  const check = () => lockport(['config', 'check', '--data-dir', dataDir]);
  assert.equal((await check()).code, 0);
  const { certificate, key } = await testCertificate(['localhost'], past);
  await writeFile(join(dataDir, 'tls', 'certificate.pem'), certificate);
  await writeFile(join(dataDir, 'tls', 'key.pem'), key);
  const { code, errors } = await check();
  assert.equal(code, 2);
  assert.match(errors, /is made anew once it and its key are removed/);
  assert.ok(await stat(join(dataDir, 'tls', 'key.pem')));
});

test('a chain may end below an authority that this machine knows', async (context) => {
  const directory = await temporaryDirectory(context);
  const root = await testAuthority('Root');
  const { certificate, key } = await testCertificate(['ftp.example'], { ca: root });
  await writeFile(join(directory, 'certificate.pem'), certificate);
  await writeFile(join(directory, 'key.pem'), key);
  await writeFile(join(directory, 'known.pem'), root.certificate);
  const config = join(directory, 'lockport.yaml');
  await writeFile(config, 'tls: {certificates: [{certificate: certificate.pem, key: key.pem}]}\n');
  const environment = { NODE_EXTRA_CA_CERTS: join(directory, 'known.pem') };
  const { code, errors } = await lockport(['config', 'check', config], { environment });
  assert.equal(code, 0, errors);
});
