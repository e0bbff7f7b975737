import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as fc from 'fast-check';
import {
  type OpenWriteOptions,
  ROOT,
  resolvePath,
  type Storage,
  StorageError,
  type Usage,
  type VirtualPath,
  type WritableFile,
  type WriteOptions,
} from '../core/index.ts';
import { account } from '../identity/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { temporaryStorage } from '../testing/temporary-storage.ts';
import { accountFiles } from './account-files.ts';
import { QuotaCounters } from './quota-counters.ts';
import { withQuota } from './with-quota.ts';

const at = (path: string): VirtualPath => resolvePath(ROOT, path);

let inner: Storage;
let counters: QuotaCounters;
let storage: Storage;

beforeEach(() => {
  inner = memoryStorage();
  open();
});

const SOMEONE = { name: 'someone', home: ROOT };

function open(): void {
  counters = new QuotaCounters(inner, { now: () => 0 });
  storage = withQuota(inner, counters.of(SOMEONE), { bytes: 100, files: 4 });
}

function used(): Usage | undefined {
  return counters.used(ROOT);
}

async function begin(path: string, bytes: number, options?: WriteOptions) {
  const upload = await storage.write(at(path), options);
  if (bytes > 0) upload.sink.write(Buffer.alloc(bytes));
  return upload;
}

async function edit(path: string, options?: OpenWriteOptions): Promise<WritableFile> {
  const file = await storage.openWrite?.(at(path), options);
  assert.ok(file);
  return file;
}

async function put(path: string, bytes: number, options?: WriteOptions): Promise<void> {
  await (await begin(path, bytes, options)).commit();
}

const overQuota = { code: 'over-quota' };

/** The tally must be what a new count would give. */
async function isRight(): Promise<void> {
  assert.deepEqual(used(), await inner.usage?.(ROOT));
}

test('an upload that does not fit ends with over-quota, and nothing of it is left', async () => {
  await put('/full', 60);
  const upload = await begin('/file', 30);
  upload.sink.write(Buffer.alloc(11));
  await assert.rejects(upload.commit(), overQuota);
  assert.deepEqual(used(), { bytes: 60, files: 1 });
  await isRight();
  await put('/file', 40);
  await isRight();
});

test('an upload that ran over the quota cannot be kept as interrupted', async () => {
  const upload = await begin('/file', 90);
  upload.sink.write(Buffer.alloc(20));
  assert.equal(await upload.suspend(), undefined);
  assert.equal(await storage.partial?.(at('/file')), undefined);
  assert.deepEqual(used(), { bytes: 0, files: 0 });
});

test('a restart within an interrupted upload counts what it leaves, and gives the rest back', async () => {
  for (const ending of ['commit', 'suspend'] as const) {
    await (await begin('/file', 90)).suspend();
    await (await begin('/file', 10, { at: 20 }))[ending]();
    assert.deepEqual(used(), { bytes: 30, files: 1 });
    await isRight();
    await put('/other', 70);
    await storage.remove(at('/other'));
    await storage.remove(at('/file'));
  }
});

test('an upload that is announced too large is refused at once', async () => {
  await assert.rejects(storage.write(at('/file'), { expectedSize: 101 }), overQuota);
  await put('/file', 100, { expectedSize: 100 });
  await isRight();
});

test('what is appended or overwritten counts by how much the file grows', async () => {
  await put('/file', 60);
  await put('/file', 30, { at: 'end' });
  await put('/file', 50, { at: 10 });
  assert.deepEqual(used(), { bytes: 90, files: 1 });
  await put('/file', 20, { at: 80 });
  await isRight();
  await assert.rejects(put('/file', 1, { at: 'end' }), overQuota);
  await isRight();
});

test('an append to a file that is removed meanwhile counts whole', async () => {
  await put('/file', 60);
  const upload = await begin('/file', 10, { at: 'end' });
  await storage.remove(at('/file'));
  await put('/other', 50);
  await assert.rejects(upload.commit(), overQuota);
  await isRight();
});

test('interrupted uploads count, until they are gone on with, replaced or removed', async () => {
  await (await begin('/file', 60)).suspend();
  assert.deepEqual(used(), { bytes: 60, files: 1 });
  await assert.rejects(put('/other', 50), overQuota);
  await put('/file', 20, { at: 'end' });
  await isRight();
  await storage.remove(at('/file'));

  await (await begin('/file', 60)).suspend();
  await (await begin('/file', 10)).suspend();
  await isRight();
  await put('/file', 5);
  await isRight();

  await storage.makeDirectory(at('/directory'));
  await (await begin('/directory/file', 60)).suspend();
  await storage.removeDirectory(at('/directory'));
  assert.deepEqual(used(), { bytes: 5, files: 1 });
  await isRight();
});

test('removing and renaming onto a file give back what they took away', async () => {
  await put('/one', 40);
  await put('/other', 50);
  await storage.rename(at('/one'), at('/other'));
  assert.deepEqual(used(), { bytes: 40, files: 1 });
  await storage.makeLink?.(at('/link'), 'other');
  await isRight();
  await storage.remove(at('/link'));
  assert.deepEqual(used(), { bytes: 40, files: 1 });
  await storage.remove(at('/other'));
  assert.deepEqual(used(), { bytes: 0, files: 0 });
});

test('no file is made beyond their number, but one can be replaced', async () => {
  for (const path of ['/1', '/2', '/3']) await put(path, 0);
  await storage.makeLink?.(at('/4'), '1');
  await assert.rejects(storage.write(at('/5')), overQuota);
  await assert.rejects(storage.makeLink?.(at('/5'), '1') ?? Promise.resolve(), overQuota);
  await put('/1', 10);
  await storage.remove(at('/2'));
  await put('/5', 0);
  await isRight();
});

test('what was there before counts from the first change on', async () => {
  const old = await inner.write(at('/old'));
  old.sink.write(Buffer.alloc(70));
  await old.commit();
  await assert.rejects(put('/file', 31), overQuota);
  await put('/file', 30);
  await isRight();
});

test('the room that is told is what the quota leaves', async () => {
  await put('/file', 30);
  assert.deepEqual(await storage.space?.(ROOT), { free: 70, total: 100 });
});

test('a quota that was lowered refuses growth and allows removal', async () => {
  await put('/file', 50);
  counters.setQuota(SOMEONE, { bytes: 10 });
  await assert.rejects(put('/other', 1), overQuota);
  await put('/empty', 0);
  await storage.remove(at('/file'));
  await put('/other', 10);
  await isRight();
});

for (const medium of ['memory', 'disk'] as const) {
  test(`of 8 uploads at once in two sessions only as many end well as fit (${medium})`, async () => {
    await using temporary = await temporaryStorage({ durability: 'fast' });
    const base = medium === 'disk' ? temporary.storage : memoryStorage();
    const someone = account('someone', { quota: { bytes: 1_000_000 } });
    const shared = new QuotaCounters(base);
    const view = () =>
      accountFiles({
        mounts: [{ at: ROOT, storage: base }],
        account: someone,
        counters: shared,
        onChange: () => undefined,
      });
    const sessions = [view(), view()] as const;

    const uploads = await Promise.all(
      Array.from({ length: 8 }, (_, index) => sessions[index % 2 === 0 ? 0 : 1].write(at(`/${index}`))),
    );
    const ends = await Promise.allSettled(
      uploads.map(async (upload) => {
        for (let chunk = 0; chunk < 20; chunk += 1) {
          await new Promise((resolve) => {
            upload.sink.write(Buffer.alloc(16_384), resolve);
          });
        }
        return upload.commit();
      }),
    );
    const failures = ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason.code);
    const names = (await Array.fromAsync(base.list(ROOT))).flat().map(({ name }) => name);
    assert.equal(names.length, 8 - failures.length);
    // Each holds what it has, so all of them may lose, and at most three of 327,680 bytes fit.
    assert.ok(failures.length >= 5 && failures.every((code) => code === 'over-quota'), failures.join());
    assert.deepEqual(shared.used(someone.home), await base.usage?.(ROOT));
    assert.deepEqual(shared.used(someone.home), { bytes: names.length * 327_680, files: names.length });
  });
}

test('a file that is changed anywhere counts by how much it grows, and gives back what it is cut by', async () => {
  await put('/file', 60);
  const file = await edit('/file');
  await file.write(Buffer.alloc(30), 70);
  assert.deepEqual(used(), { bytes: 100, files: 1 });
  await file.write(Buffer.alloc(30), 40);
  await assert.rejects(put('/other', 1), overQuota);
  await file.commit();
  await isRight();
  const cut = await edit('/file');
  await cut.truncate(10);
  await cut.commit();
  assert.deepEqual(used(), { bytes: 10, files: 1 });
  await isRight();
  await put('/other', 90);
  const anew = await edit('/other', { truncate: true });
  await anew.write(Buffer.alloc(90), 0);
  await anew.commit();
  await isRight();
});

test('a write anywhere that does not fit is refused, and so is the commit behind it', async () => {
  for (const ending of ['commit', 'suspend', 'discard'] as const) {
    const file = await edit('/file');
    await file.write(Buffer.alloc(10), 0);
    const calls = [file.write(Buffer.alloc(10), 95), file.write(Buffer.alloc(10), 10)];
    for (const call of calls) await assert.rejects(call, overQuota);
    if (ending === 'commit') await assert.rejects(file.commit(), overQuota);
    else await file[ending]();
    assert.deepEqual(used(), { bytes: 0, files: 0 });
  }
  const long = await edit('/file');
  await assert.rejects(long.truncate(101), overQuota);
  await long.discard();
  await isRight();
});

test('what is kept of an interrupted change anywhere counts, and the rest is given back', async () => {
  const file = await edit('/file');
  await file.write(Buffer.alloc(10), 0);
  await file.write(Buffer.alloc(10), 50);
  assert.deepEqual(used(), { bytes: 60, files: 1 });
  assert.equal((await file.suspend())?.size, 10);
  assert.deepEqual(used(), { bytes: 10, files: 1 });
  await isRight();
  const again = await edit('/file');
  await again.write(Buffer.alloc(90), 10);
  assert.deepEqual(used(), { bytes: 100, files: 1 });
  await again.commit();
  await isRight();
});

test('a copy counts what it is, less what it replaces, and is refused where it does not fit', async () => {
  await put('/file', 40);
  await storage.copy?.(at('/file'), at('/copy'));
  assert.deepEqual(used(), { bytes: 80, files: 2 });
  await assert.rejects(storage.copy?.(at('/file'), at('/third')) ?? Promise.resolve(), overQuota);
  await isRight();
  await put('/copy', 60);
  await storage.copy?.(at('/file'), at('/copy'));
  assert.deepEqual(used(), { bytes: 80, files: 2 });
  await (await begin('/half', 20)).suspend();
  await put('/file', 10);
  await storage.copy?.(at('/file'), at('/half'));
  assert.deepEqual(used(), { bytes: 60, files: 3 });
  await isRight();
});

test('changes anywhere and copies of who has no quota count for those who have one', async () => {
  await put('/file', 10);
  const free = withQuota(inner, counters.of({ name: 'free', home: ROOT }), {});
  const file = await free.openWrite?.(at('/file'));
  await file?.write(Buffer.alloc(30), 10);
  await file?.commit();
  await free.copy?.(at('/file'), at('/copy'));
  assert.deepEqual(used(), { bytes: 80, files: 2 });
  await isRight();
});

const STEPS = fc.array(
  fc.record({
    act: fc.constantFrom(
      'put',
      'suspend',
      'discard',
      'append',
      'restart',
      'edit',
      'cut',
      'copy',
      'remove',
      'rename',
      'link',
      'rmdir',
      'mkdir',
      'move',
    ),
    path: fc.constantFrom('/a', '/b', '/directory/a', '/directory/b', '/moved/a', '/link'),
    other: fc.constantFrom('/a', '/directory/a', '/moved', '/moved/a'),
    bytes: fc.integer({ min: 0, max: 60 }),
  }),
  { minLength: 1, maxLength: 4 },
);

for (const medium of ['memory', 'disk'] as const) {
  test(`whatever is done at once, no less is counted than there is, and never is there more than the quota (${medium})`, async () => {
    await using temporary = await temporaryStorage({ durability: 'fast' });
    let home = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(STEPS, { maxLength: 12 }), async (rounds) => {
        home += 1;
        await temporary.storage.makeDirectory(at(`/${home}`));
        inner = medium === 'disk' ? temporary.storage.confine(at(`/${home}`)) : memoryStorage();
        open();
        await storage.remove(at('/missing')).catch(() => undefined);
        for (const steps of rounds) {
          await Promise.all(steps.map((step) => take(step).catch(pastStorageErrors)));
          // Where two did the same at once it may count too much, until it counts anew; never too little.
          const { bytes = 0, files = 0 } = (await inner.usage?.(ROOT)) ?? {};
          const { bytes: countedBytes = 0, files: countedFiles = 0 } = used() ?? {};
          assert.ok(bytes <= countedBytes && files <= countedFiles, `${bytes} of ${countedBytes}`);
          assert.ok(bytes <= 100 && files <= 4, `${bytes}, ${files}`);
          for (const step of steps) {
            await take(step).catch(pastStorageErrors);
            assert.ok(difference(used(), await inner.usage?.(ROOT)) <= countedBytes - bytes);
          }
        }
      }),
      { numRuns: medium === 'disk' ? 40 : 300 },
    );
  });
}

function difference(counted: Usage | undefined, there: Usage | undefined): number {
  return (counted?.bytes ?? 0) - (there?.bytes ?? 0);
}

function pastStorageErrors(error: unknown): void {
  if (!(error instanceof StorageError) || error.code === 'io') throw error;
}

async function change(path: string, work: (file: WritableFile) => Promise<void>): Promise<void> {
  const file = await edit(path);
  try {
    await work(file);
    await file.commit();
  } catch (error) {
    await file.suspend();
    throw error;
  }
}

interface Step {
  readonly act: string;
  readonly path: string;
  readonly other: string;
  readonly bytes: number;
}

async function take({ act, path, other, bytes }: Step): Promise<unknown> {
  switch (act) {
    case 'put':
      return put(path, bytes);
    case 'suspend':
      return (await begin(path, bytes)).suspend();
    case 'discard':
      return (await begin(path, bytes)).discard();
    case 'append':
      return put(path, bytes, { at: 'end' });
    case 'restart':
      return (await begin(path, bytes, { at: Math.floor(bytes / 2) })).suspend();
    case 'edit':
      return change(path, async (file) => file.write(Buffer.alloc(bytes), bytes % 7));
    case 'cut':
      return change(path, async (file) => file.truncate(bytes));
    case 'copy':
      return storage.copy?.(at(path), at(other));
    case 'remove':
      return storage.remove(at(path));
    case 'rename':
      return storage.rename(at(path), at(other));
    case 'link':
      return storage.makeLink?.(at(path), other);
    case 'move':
      return storage.rename(at('/directory'), at('/moved'));
    case 'rmdir':
      return storage.removeDirectory(at('/directory'));
    default:
      return storage.makeDirectory(at('/directory'));
  }
}
