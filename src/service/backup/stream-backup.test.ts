import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { openDatabase } from '../../database/index.ts';
import { loadConfiguration } from '../configuration/index.ts';
import { restoreBackup } from './restore-backup.ts';
import { streamBackup } from './stream-backup.ts';

/** Far more than all buffers on the way have room for. */
const LARGE_BYTES = 64 * 2 ** 20;
const PROC = '/proc/self/io';

/** A data directory with a large file that can't be compressed. */
async function scratch(context: TestContext) {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-backup-test-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  const dataDir = path.join(directory, 'data');
  await mkdir(path.join(dataDir, 'tls'), { recursive: true });
  await openDatabase(path.join(dataDir, 'lockport.db'))[Symbol.asyncDispose]();
  await writeFile(path.join(dataDir, 'tls', 'large.pem'), randomFillSync(Buffer.alloc(LARGE_BYTES)));
  const identity = await generateX25519Identity();
  const { configuration } = await loadConfiguration({ environment: {}, flags: { dataDir } });
  return { directory, dataDir, configuration, identity, lock: { recipients: [await identityToRecipient(identity)] } };
}

/** The bytes that this process has read, once it reads no more. */
async function readInAll(): Promise<number> {
  let before = -1;
  for (;;) {
    const now = Number(/rchar: (\d+)/.exec(await readFile(PROC, 'utf8'))?.[1]);
    if (now - before < 10_000) return now;
    before = now;
    await setTimeout(100);
  }
}

test('a backup is read no faster than whoever takes it does, and leaves nothing behind', async (context) => {
  if (!existsSync(PROC)) return context.skip(`there is no ${PROC}`);
  const { configuration, dataDir, directory, lock, identity } = await scratch(context);
  const file = path.join(directory, 'backup.age');
  const before = await readInAll();
  const parts: Uint8Array[] = [];
  {
    await using backup = await streamBackup({ configuration }, lock, 'test');
    parts.push((await backup.next()) ?? assert.fail());
    const read = (await readInAll()) - before;
    assert.ok(read < LARGE_BYTES / 2, `${read} bytes were read for one part`);
    for (let part = await backup.next(); part; part = await backup.next()) parts.push(part);
  }
  assert.ok(!(await readdir(dataDir)).some((name) => name.startsWith('.streamed')));
  await writeFile(file, parts);
  const { manifest } = await restoreBackup(file, path.join(directory, 'target'), { identity });
  assert.ok(manifest.files.some(({ size }) => size === LARGE_BYTES));
});

test('a backup that nobody takes to its end is broken off, and what a crash left goes with the next one', async (context) => {
  const { configuration, dataDir, lock } = await scratch(context);
  await mkdir(path.join(dataDir, '.streamed-backup-x'));
  {
    await using backup = await streamBackup({ configuration }, lock, 'test');
    await backup.next();
  }
  assert.ok(!(await readdir(dataDir)).some((name) => name.startsWith('.streamed')));
});
