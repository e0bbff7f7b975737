import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ROOT, resolvePath, type Storage } from '../../core/index.ts';
import { sample } from '../../testing/storage-contract/case.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { encryptedStorage } from './encrypted-storage.ts';
import { Keyring } from './keyring.ts';
import { HEADER_BYTES } from './layout.ts';
import { rewrapKeys } from './rewrap-keys.ts';

const at = (path: string) => resolvePath(ROOT, path);
const CONTENT = sample(100_000);

async function put(storage: Storage, path: string, bytes: Uint8Array): Promise<void> {
  const upload = await storage.write(at(path));
  upload.sink.end(bytes);
  await upload.commit();
}

async function get(storage: Storage, path: string): Promise<Buffer> {
  return buffer(await storage.read(at(path)));
}

test('a rotation wraps the keys of all files anew, in place, without a look at data or a change of times', async () => {
  await using local = await temporaryStorage();
  const [former, key] = [randomBytes(32), randomBytes(32)];
  const before = encryptedStorage(local.storage, { keys: [former] });
  await before.makeDirectory(at('/d'));
  for (const path of ['/a', '/d/b']) await put(before, path, CONTENT);
  const after = encryptedStorage(local.storage, { keys: [key] });
  await put(after, '/new', CONTENT);
  await put(local.storage, '/stranger', Buffer.from('of somebody else'));
  const entry = await local.storage.stat(at('/a'));
  const stored = await get(local.storage, '/a');

  const files = await Array.fromAsync(rewrapKeys(local.storage, [key, former]));
  const outcomes = new Map(files.map(({ path, outcome }) => [path as string, outcome]));
  assert.deepEqual(
    outcomes,
    new Map([
      ['/a', 'rewrapped'],
      ['/d/b', 'rewrapped'],
      ['/new', 'current'],
      ['/stranger', 'failed'],
    ]),
  );
  const { modified, ...now } = await local.storage.stat(at('/a'));
  // A time is set to the nearest microsecond.
  assert.ok(Math.abs(modified.getTime() - entry.modified.getTime()) <= 1);
  assert.deepEqual({ ...now, modified: entry.modified }, entry);
  assert.ok(stored.subarray(HEADER_BYTES).equals((await get(local.storage, '/a')).subarray(HEADER_BYTES)));
  for (const path of ['/a', '/d/b', '/new']) assert.ok(CONTENT.equals(await get(after, path)));
  await assert.rejects(get(before, '/a'), { message: /does not have its key/ });
  assert.ok((await Array.fromAsync(rewrapKeys(local.storage, [key]))).every(({ outcome }) => outcome !== 'rewrapped'));
});

test('between any two writes of a rotation, and with one of them torn, the key can be read', () => {
  const [former, key, fileKey] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const ring = new Keyring([key, former]);
  let header = new Keyring([former]).header(fileKey);
  let writes = 0;
  for (let write = ring.rewrap(header); write; write = ring.rewrap(header)) {
    for (let torn = 0; torn <= write.bytes.length; torn += 1) {
      const partly = Buffer.from(header);
      partly.set(write.bytes.subarray(0, torn), write.position);
      assert.ok(ring.open(partly).key.equals(fileKey));
      if (torn === write.bytes.length) header = partly;
    }
    writes += 1;
  }
  assert.equal(writes, 2);
  assert.ok(new Keyring([key]).open(header).key.equals(fileKey));
  assert.throws(() => new Keyring([former]).open(header), /does not have its key/);
});

/** Rotates between two keys without an end. */
const ROTATION = `
  const { localStorage, rewrapKeys } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)});
  const [root, ...keys] = process.argv.slice(1);
  const storage = await localStorage({ root, durability: 'fast' });
  for (let [one, other] = keys.map((key) => Buffer.from(key, 'hex')); ; [one, other] = [other, one]) {
    for await (const { outcome, error } of rewrapKeys(storage, [one, other])) {
      if (outcome === 'failed') throw error;
    }
    process.stdout.write('.');
  }
`;

test('a rotation that is killed leaves each file readable, and goes on', async () => {
  await using local = await temporaryStorage();
  const keys = [randomBytes(32), randomBytes(32)];
  const storage = encryptedStorage(local.storage, { keys });
  const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
  for (const path of paths) await put(storage, path, CONTENT);
  for (let kills = 0; kills < 4; kills += 1) {
    const args = ['--input-type=module', '-e', ROTATION, local.root, ...keys.map((key) => key.toString('hex'))];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    for (let rounds = 0; rounds <= kills; rounds += 1) await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    for (const path of paths) assert.ok(CONTENT.equals(await get(storage, path)), path);
  }
  const ends = await Array.fromAsync(rewrapKeys(local.storage, keys));
  assert.ok(ends.every(({ outcome }) => outcome !== 'failed'));
  const alone = encryptedStorage(local.storage, { keys: keys.slice(0, 1) });
  for (const path of paths) assert.ok(CONTENT.equals(await get(alone, path)));
});
