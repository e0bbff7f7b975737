import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import { mountSmallMedium } from '../../testing/small-medium.ts';
import { localStorage } from './local-storage.ts';

const at = (path: string) => resolvePath(ROOT, path);

/** A storage on a medium of 1 MiB; undefined where there can be none. */
async function smallMedium(context: TestContext, size = '1m') {
  const root = await mkdtemp(join(tmpdir(), 'lockport-full-'));
  const medium = await mountSmallMedium(context, root, size);
  const storage = medium && (await localStorage({ root }));
  if (!storage) {
    await rm(root, { recursive: true });
    return undefined;
  }
  return {
    root,
    storage,
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await medium[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}

test('a full medium ends an upload with no-space, and leaves the old file and the room', async (context) => {
  await using medium = await smallMedium(context);
  if (!medium) return;
  const { root, storage } = medium;
  const old = await storage.write(at('/file'));
  old.sink.write('old');
  await old.commit();
  const { free } = await storage.space(ROOT);

  const upload = await storage.write(at('/file'));
  for (let written = 0; written < 4; written += 1) upload.sink.write(Buffer.alloc(512 * 1024, 'x'));
  await assert.rejects(upload.commit(), { code: 'no-space' });
  assert.deepEqual(await readdir(root), ['file']);
  assert.equal((await storage.stat(at('/file'))).size, 3);
  assert.equal((await storage.space(ROOT)).free, free);
});

test('what a full medium took of an upload can be kept, and gone on with when there is room', async (context) => {
  await using medium = await smallMedium(context);
  if (!medium) return;
  const { storage } = medium;
  const filler = await storage.write(at('/filler'));
  filler.sink.write(Buffer.alloc(512 * 1024));
  await filler.commit();

  const upload = await storage.write(at('/file'));
  upload.sink.write(Buffer.alloc(768 * 1024, 'x'));
  const kept = (await upload.suspend())?.size ?? 0;
  assert.ok(kept > 0 && kept < 768 * 1024, `${kept}`);
  await storage.remove(at('/filler'));
  const resumed = await storage.write(at('/file'), { at: kept });
  resumed.sink.write(Buffer.alloc(768 * 1024 - kept, 'x'));
  assert.equal((await resumed.commit()).size, 768 * 1024);
});

test('of a change anywhere that a full medium ends what came whole is kept, and a file that was there stays', async (context) => {
  await using medium = await smallMedium(context);
  if (!medium) return;
  const { root, storage } = medium;
  const file = await storage.openWrite(at('/new'));
  await file.write(Buffer.alloc(512 * 1024, 'x'), 0);
  // Some of it has room.
  await assert.rejects(file.write(Buffer.alloc(768 * 1024, 'y'), 600 * 1024), { code: 'no-space' });
  assert.equal((await file.suspend())?.size, 512 * 1024);
  assert.equal((await storage.partial(at('/new')))?.size, 512 * 1024);
  await storage.remove(at('/new'));

  await writeFile(join(root, 'file'), Buffer.alloc(600 * 1024, 'o'));
  const changed = await storage.openWrite(at('/file'));
  await changed.write(Buffer.from('X'), 0);
  // The copy has no room.
  await assert.rejects(changed.commit(), { code: 'no-space' });
  await assert.rejects(storage.copy(at('/file'), at('/copy')), { code: 'no-space' });
  assert.deepEqual(await readdir(root), ['file']);
  assert.ok(Buffer.alloc(600 * 1024, 'o').equals(await readFile(join(root, 'file'))));
});

test('an upload that is known not to fit is refused at once', async (context) => {
  await using medium = await smallMedium(context);
  if (!medium) return;
  const { storage, root } = medium;
  await assert.rejects(storage.write(at('/file'), { expectedSize: 2 * 1024 * 1024 }), { code: 'no-space' });
  assert.deepEqual(await readdir(root), []);
});

test('a file is not moved to another file system', async (context) => {
  await using medium = await smallMedium(context);
  if (!medium) return;
  await using storage = await localStorage({ root: tmpdir() });
  const inside = medium.root.slice(tmpdir().length);
  const upload = await medium.storage.write(at('/file'));
  upload.sink.write('x');
  await upload.commit();
  const other = await mkdtemp(join(tmpdir(), 'lockport-other-'));
  const target = at(`${other.slice(tmpdir().length)}/file`);
  await assert.rejects(storage.rename(at(`${inside}/file`), target), { code: 'unsupported' });
  await rm(other, { recursive: true });
});

test('an append that a full medium ends in mid-join leaves the file as it was, and the next one fits', async (context) => {
  await using medium = await smallMedium(context, '4m');
  if (!medium) return;
  const { root, storage } = medium;
  const old = Buffer.alloc(1_500_000, 'old');
  await writeFile(join(root, 'file'), old);
  const upload = await storage.write(at('/file'), { at: 'end' });
  // Once aside, once joined: together more than there is.
  upload.sink.write(Buffer.alloc(1_700_000, 'x'));
  await assert.rejects(upload.commit(), { code: 'no-space' });
  assert.deepEqual(await readdir(root), ['file']);
  assert.ok(old.equals(await readFile(join(root, 'file'))));
  assert.equal((await stat(join(root, 'file'))).mode & 0o7777, 0o644);
  const next = await storage.write(at('/file'), { at: 'end' });
  next.sink.write('end');
  assert.equal((await next.commit()).size, old.length + 3);
});
