import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT, resolvePath, type Storage } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { localStorage } from './local-storage.ts';

const run = promisify(execFile);
const at = (path: string) => resolvePath(ROOT, path);
const OLD = randomBytes(20_000_000);

/** Replaces bytes of `/file`, which come in pieces. */
async function replace(storage: Storage, position: number, bytes: Buffer): Promise<void> {
  const upload = await storage.write(at('/file'), { at: position });
  for (let from = 0; from < bytes.length; from += 300_000) {
    await new Promise((resolve) => upload.sink.write(bytes.subarray(from, from + 300_000), resolve));
  }
  await upload.commit();
}

test('an upload into the middle of a file replaces as many bytes as it brings, and may make it longer', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  for (const [position, length] of [
    [0, 1],
    [1, 3],
    [9_000_000, 5_000_000],
    [3, 19_000_000],
    [19_999_999, 1],
    [19_999_999, 5_000_000],
    [7_000_000, 20_000_000],
    [500, 0],
  ] as const) {
    await writeFile(join(root, 'file'), OLD);
    const bytes = randomBytes(length);
    await replace(storage, position, bytes);
    const expected = Buffer.concat([OLD.subarray(0, position), bytes, OLD.subarray(position + length)]);
    assert.ok(expected.equals(await readFile(join(root, 'file'))), `${length} at ${position}`);
    assert.deepEqual(await readdir(root), ['file']);
  }
});

for (const [how, take] of [
  ['removed', (storage: Storage) => storage.remove(at('/file'))],
  ['renamed', (storage: Storage) => storage.rename(at('/file'), at('/moved'))],
] as const) {
  test(`a file that is ${how} while an upload into its middle is open does not come back`, async () => {
    await using temporary = await temporaryStorage();
    const { root, storage } = temporary;
    await writeFile(join(root, 'file'), 'old content');
    const upload = await storage.write(at('/file'), { at: 3 });
    upload.sink.write('XYZ');
    await take(storage);
    await assert.rejects(upload.commit(), { code: 'busy' });
    await upload.discard();
    assert.deepEqual(await readdir(root), how === 'renamed' ? ['moved'] : []);
  });
}

test('while an upload into the middle is open the file is copied behind it too', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(join(root, 'file'), OLD);
  const upload = await storage.write(at('/file'), { at: 10 });
  const isCopied = async () => {
    const name = (await readdir(root)).find((each) => each.endsWith('.tmp'));
    return name !== undefined && (await readFile(join(root, name))).equals(OLD);
  };
  while (!(await isCopied())) await setTimeout(10);
  upload.sink.write('more');
  await upload.commit();
  const seen = await readFile(join(root, 'file'));
  assert.deepEqual(seen, Buffer.concat([OLD.subarray(0, 10), Buffer.from('more'), OLD.subarray(14)]));
});

test('who reads a file while an upload into its middle ends reads all of the old one', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(join(root, 'file'), OLD);
  await using other = await open(join(root, 'file'));
  const reader = await storage.read(at('/file'));
  await replace(storage, 10_000_000, Buffer.alloc(1_000_000));
  assert.ok(OLD.equals(await buffer(reader)));
  assert.ok(OLD.equals(await other.readFile()));
});

test('where files can share their bytes an upload into the middle needs room for what it brings alone', async (context) => {
  await using medium = await sharingMedium();
  if (medium === undefined) return context.skip('needs root, mkfs.xfs and a loop device');
  const { root, storage } = medium;
  const path = join(root, 'file');
  const size = 2 ** 40;
  await writeFile(path, 'old');
  // More than the medium has.
  await truncate(path, size);
  await replace(storage, size / 2, Buffer.from('middle'));
  assert.equal((await stat(path)).size, size);
  assert.equal((await stat(path)).mode & 0o7777, 0o644);
  assert.equal((await buffer(await storage.read(at('/file'), { end: 4 }))).toString(), 'old\0');
  const middle = await storage.read(at('/file'), { start: size / 2 - 1, end: size / 2 + 7 });
  assert.equal((await buffer(middle)).toString(), '\0middle\0');
  assert.deepEqual(await readdir(root), ['file']);
});

test('where files can share their bytes a change anywhere and a copy need room for what is new alone', async (context) => {
  await using medium = await sharingMedium();
  if (medium === undefined) return context.skip('needs root, mkfs.xfs and a loop device');
  const { root, storage } = medium;
  const path = join(root, 'file');
  const size = 2 ** 40;
  await writeFile(path, 'old');
  await truncate(path, size);
  const file = await storage.openWrite(at('/file'));
  await file.write(Buffer.from('middle'), size / 2);
  await file.write(Buffer.from('N'), 0);
  const into = Buffer.alloc(8);
  await file.read(into, size / 2 - 1);
  assert.equal(into.toString(), '\0middle\0');
  await file.truncate(size - 5);
  await file.commit();
  assert.equal((await storage.copy(at('/file'), at('/copy'))).size, size - 5);
  for (const name of ['/file', '/copy']) {
    assert.equal((await buffer(await storage.read(at(name), { end: 4 }))).toString(), 'Nld\0');
    const middle = await storage.read(at(name), { start: size / 2, end: size / 2 + 6 });
    assert.equal((await buffer(middle)).toString(), 'middle');
  }
  assert.deepEqual((await readdir(root)).toSorted(), ['copy', 'file']);
});

async function sharingMedium() {
  const scratch = await mkdtemp(join(tmpdir(), 'lockport-sharing-'));
  const root = join(scratch, 'root');
  try {
    await mkdir(root);
    await writeFile(join(scratch, 'image'), '');
    await truncate(join(scratch, 'image'), 400 * 1024 * 1024);
    await run('mkfs.xfs', ['-q', join(scratch, 'image')]);
    await run('mount', ['-o', 'loop', join(scratch, 'image'), root]);
  } catch (error) {
    await rm(scratch, { recursive: true });
    if (process.env['CI'] === 'true') throw error;
    return undefined;
  }
  const storage = await localStorage({ root });
  return {
    root,
    storage,
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await run('umount', [root]);
      await rm(scratch, { recursive: true });
    },
  };
}
