import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { createTarPacker } from 'modern-tar';
import { copyDatabase, openDatabase } from '../../database/index.ts';
import { loadConfiguration } from '../configuration/index.ts';
import { encrypted } from './encryption.ts';
import { makeBackup } from './make-backup.ts';
import { restoreBackup } from './restore-backup.ts';

async function scratch(context: TestContext) {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-backup-test-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  const dataDir = path.join(directory, 'data');
  await mkdir(dataDir);
  await openDatabase(path.join(dataDir, 'lockport.db'))[Symbol.asyncDispose]();
  const identity = await generateX25519Identity();
  const lock = { recipients: [await identityToRecipient(identity)] };
  return { directory, dataDir, lock, key: { identity }, file: path.join(directory, 'backup.age') };
}

test('a file of the operator is brought back whatever its name', async (context) => {
  const { directory, dataDir, lock, key, file } = await scratch(context);
  const names = ['*.example.com+4.pem', `Schlüssel ${'x'.repeat(230)}.pem`] as const;
  const [certificate, privateKey] = names.map((name) => path.join(directory, name));
  for (const place of [certificate, privateKey]) await writeFile(place ?? '', 'text');
  await mkdir(path.join(dataDir, 'tls'));
  await writeFile(path.join(dataDir, 'tls', 'notes (old).txt'), 'note');
  await mkdir(path.join(dataDir, 'audit'));
  for (const name of ['key.pem', 'keys.jsonl', 'heads.jsonl']) await writeFile(path.join(dataDir, 'audit', name), name);
  const config = path.join(directory, 'lockport.yaml');
  await writeFile(config, JSON.stringify({ dataDir, tls: { certificates: [{ certificate, key: privateKey }] } }));
  const loaded = await loadConfiguration({ environment: {}, flags: {}, file: config });
  await makeBackup(loaded, file, lock, 'test');
  const target = path.join(directory, 'target');
  const { configuration = '' } = await restoreBackup(file, target, key);
  assert.equal((await readdir(path.join(configuration, 'tls'))).length, 2);
  assert.equal(await readFile(path.join(target, 'tls', 'notes (old).txt'), 'utf8'), 'note');
  assert.deepEqual(await readdir(path.join(target, 'audit')), ['key.pem']);
  assert.deepEqual((await readdir(path.join(target, 'restored-audit'))).toSorted(), ['heads.jsonl', 'keys.jsonl']);
});

/** An archive as nobody makes it but whoever knows the key. */
async function forged(
  { dataDir, directory, lock, file }: Awaited<ReturnType<typeof scratch>>,
  entries: Readonly<Record<string, string>>,
  more: object = {},
): Promise<void> {
  const database = path.join(directory, 'copy.db');
  await rm(database, { force: true });
  copyDatabase(path.join(dataDir, 'lockport.db'), database);
  const { readable, controller } = createTarPacker();
  const all = Object.entries({ 'lockport.db': await readFile(database), ...entries });
  const files = all.map(([name, body]) => ({
    name,
    size: Buffer.from(body).length,
    sha256: createHash('sha256').update(body).digest('hex'),
  }));
  const said = { format: 1, version: 'forged', createdAt: new Date().toISOString(), dataDir: '/', files, ...more };
  const output = pipeline(
    Readable.fromWeb(await encrypted(readable.pipeThrough(new CompressionStream('gzip')), lock)),
    createWriteStream(file),
  );
  for (const [name, body] of [...all, ['manifest.json', JSON.stringify(said)] as const]) {
    const bytes = Buffer.from(body);
    const writer = controller.add({ name, size: bytes.length, mode: 0o600 }).getWriter();
    await writer.write(bytes);
    await writer.close();
  }
  controller.finalize();
  await output;
}

for (const name of [
  'data/lockport.db-wal',
  'data/lockport.db',
  'data/lock.db',
  'data/audit/0000000000000001.jsonl',
  'data/audit/next-key.pem',
  'data/restored-configuration/lockport.yaml',
  'data/tls/../../evil',
  'data/tls/a/b',
  'data/tls/..',
  'configuration/../evil',
  '/evil',
]) {
  test(`a backup with ${name} is none, and nothing of it is restored`, async (context) => {
    const place = await scratch(context);
    await forged(place, { [name]: 'x' });
    const target = path.join(place.directory, 'target');
    await assert.rejects(restoreBackup(place.file, target, place.key), /an entry that no backup has/);
    assert.ok(!(await readdir(place.directory)).includes('target'));
  });
}

test('a manifest that would fill the memory is not read', async (context) => {
  const place = await scratch(context);
  await forged(place, {}, { version: 'x'.repeat(40_000_000) });
  await assert.rejects(
    restoreBackup(place.file, path.join(place.directory, 'target'), place.key),
    /manifest is too long/,
  );
});
