import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type LoginTls, readOwnSettings } from '../core/index.ts';
import { openDatabase } from '../database/index.ts';
import { hashPassword } from '../identity/index.ts';
import { EventStream } from '../operations/index.ts';
import { memoryAccounts, RawClient, testCertificate } from '../testing/index.ts';
import { loadConfiguration } from './configuration/index.ts';
import { cryptoReport } from './crypto-report.ts';
import { pathsIn } from './data-directory.ts';
import { startService } from './service.ts';

const PASSWORD = 'a long password';
const OWN = readOwnSettings({ home: '/', rights: [] });
const TLS13 = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };
const TLS12 = { version: 'TLSv1.2', cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', clientKey: 'RSA 2048' };
const SSH = { version: 'SSH-2.0', keyExchange: 'curve25519-sha256', cipher: 'aes256-gcm@openssh.com' };

async function accountsWith(logins: Readonly<Record<string, LoginTls | undefined>>) {
  const accounts = memoryAccounts();
  for (const [name, tls] of Object.entries(logins)) {
    await accounts.add({ name, ...OWN }, '');
    await accounts.recordLogin(name, tls);
  }
  return accounts;
}

function settings(tls: object) {
  return { tls: { profile: 'intermediate', ...tls }, listeners: [] } as unknown as Parameters<typeof cryptoReport>[0];
}

test('the report says whom each profile would lock out', async () => {
  const accounts = await accountsWith({ new: TLS13, old: TLS12, plain: 'clear', shell: SSH, unknown: undefined });
  const report = await cryptoReport(settings({}), accounts);
  assert.deepEqual(
    report.accounts.map(({ account, tls, lockedOutBy, unknownFor }) => [account, tls, lockedOutBy, unknownFor]),
    [
      ['new', TLS13, [], []],
      ['old', TLS12, ['modern'], []],
      ['plain', 'clear', ['modern', 'intermediate', 'fips'], []],
      ['shell', SSH, [], []],
      ['unknown', null, [], []],
    ],
  );
  assert.match(report.limits.join(), /Node does not tell/);
});

test('where the server itself takes no newer version, nothing is said of its clients', async () => {
  const report = await cryptoReport(settings({ maxVersion: 'TLSv1.2' }), await accountsWith({ old: TLS12 }));
  assert.deepEqual(report.accounts[0]?.lockedOutBy, []);
  assert.deepEqual(report.accounts[0]?.unknownFor, ['modern']);
});

test('a login is kept with its TLS and the kind of the client key', async (context) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-crypto-'));
  const { configuration } = await loadConfiguration({
    environment: {
      LOCKPORT_DATA_DIR: path.join(directory, 'data'),
      LOCKPORT_ROOT: path.join(directory, 'files'),
      LOCKPORT_LISTEN: '127.0.0.1',
      LOCKPORT_EXPLICIT_PORT: '0',
      LOCKPORT_IMPLICIT_ENABLED: 'false',
    },
    flags: {},
  });
  const clientCertificates = { ask: 'request' as const, authorities: [] };
  const plainFtp = { login: 'allow-passwords-in-clear' as const, data: 'refuse' as const };
  const used = { ...configuration, plainFtp, tls: { ...configuration.tls, clientCertificates } };
  const service = await startService(used, new EventStream());
  const database = openDatabase(pathsIn(used.dataDir).database);
  context.after(async () => {
    await database[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });
  const passwordHash = await hashPassword(PASSWORD);
  for (const name of ['anna', 'ben']) await database.accounts.add({ name, ...OWN }, passwordHash);
  const port = service.addresses[0]?.port ?? 0;
  const { certificate: cert, key } = await testCertificate(['anna'], { client: true });
  await using anna = await RawClient.connect({
    port,
    tls: { rejectUnauthorized: false, maxVersion: 'TLSv1.2', cert, key },
  });
  await anna.signIn('anna', PASSWORD);
  await using ben = await RawClient.connect({ port });
  await ben.expect(220);
  await ben.expect(331, 'USER ben');
  await ben.expect(230, `PASS ${PASSWORD}`);
  const kept = async () => {
    const records = await Promise.all(['anna', 'ben'].map((name) => database.accounts.find(name)));
    return records.map((record) => record?.lastLoginTls);
  };
  // Logins are noted in the background.
  while ((await kept()).includes(undefined)) await new Promise((resolve) => setImmediate(resolve));
  const [ofAnna, ofBen] = await kept();
  assert.ok(typeof ofAnna === 'object');
  assert.equal(ofAnna.version, 'TLSv1.2');
  assert.match(ofAnna.cipher, /^TLS_ECDHE_/);
  assert.match(ofAnna.clientKey ?? '', /^(EC|RSA) /);
  assert.equal(ofBen, 'clear');
});
