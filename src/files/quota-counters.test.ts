import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Account, ROOT, resolvePath, type Storage, type Upload, type VirtualPath } from '../core/index.ts';
import { account } from '../identity/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { filesAsStorage } from '../testing/files-as-storage.ts';
import { accountFiles } from './account-files.ts';
import type { QuotaCounter } from './quota-counter.ts';
import { QuotaCounters } from './quota-counters.ts';
import { withQuota } from './with-quota.ts';

const at = (path: string): VirtualPath => resolvePath(ROOT, path);
const bytes = (count: number) => ({ bytes: count, files: 0 });
const overQuota = { code: 'over-quota' };
const MINUTE_MS = 60_000;
const SOMEONE = { name: 'someone', home: ROOT };

let inner: Storage;
let now: number;
let counters: QuotaCounters;

beforeEach(() => {
  inner = memoryStorage();
  now = 0;
  counters = new QuotaCounters(inner, { now: () => now });
});

function view(name: string, home: string, quota: Account['quota'] = {}): Storage {
  return filesAsStorage(
    accountFiles({
      mounts: [{ at: ROOT, storage: inner }],
      account: account(name, { home: at(home), quota }),
      counters,
      onChange: () => undefined,
    }),
  );
}

async function begin(storage: Storage, path: string, length: number): Promise<Upload> {
  const upload = await storage.write(at(path));
  upload.sink.write(Buffer.alloc(length));
  return upload;
}

async function put(storage: Storage, path: string, length: number): Promise<void> {
  await (await begin(storage, path, length)).commit();
}

async function isRight(): Promise<void> {
  assert.deepEqual(counters.used(ROOT), await inner.usage?.(ROOT));
}

test('accounts that share a home are counted once, and what one of them removes is free for all', async () => {
  await inner.makeDirectory(at('/shared'));
  const one = view('one', '/shared', { bytes: 1000 });
  const other = view('other', '/shared', { bytes: 1000 });
  const unlimited = view('unlimited', '/shared');
  for (let round = 0; round < 6; round += 1) {
    await put(other, '/file', 900);
    await assert.rejects(put(one, '/too-much', 101), overQuota);
    await one.remove(at('/file'));
    await put(unlimited, '/file', 900);
    await assert.rejects(put(one, '/too-much', 101), overQuota);
    await other.remove(at('/file'));
  }
  await put(one, '/file', 1000);
  await assert.rejects(put(other, '/more', 1), overQuota);
  assert.deepEqual(counters.used(at('/shared')), await inner.usage?.(at('/shared')));
});

test("what comes into a home within another one's counts in both", async () => {
  await inner.makeDirectory(at('/home'));
  await inner.makeDirectory(at('/home/inner'));
  const outer = view('outer', '/home', { bytes: 1000 });
  const deeper = view('deeper', '/home/inner', { bytes: 500 });
  await put(outer, '/first', 0);
  await put(deeper, '/file', 300);
  await put(outer, '/inner/other', 100);
  await assert.rejects(put(deeper, '/more', 101), overQuota);
  await assert.rejects(put(outer, '/more', 601), overQuota);
  await outer.remove(at('/inner/file'));
  await put(deeper, '/more', 400);
  await outer.rename(at('/inner/more'), at('/more'));
  now += MINUTE_MS;
  await put(deeper, '/again', 400);
  await outer.rename(at('/more'), at('/inner/more'));
  await assert.rejects(put(deeper, '/last', 1), overQuota);
  await assert.rejects(put(outer, '/last', 101), overQuota);
  assert.deepEqual(counters.used(at('/home')), await inner.usage?.(at('/home')));
  assert.deepEqual(counters.used(at('/home/inner')), await inner.usage?.(at('/home/inner')));
});

test('a file that is replaced counts once, and of two that replace it only one has its room', async () => {
  const storage = view('someone', '/', { bytes: 100 });
  await put(storage, '/file', 90);
  await put(storage, '/file', 95);
  await isRight();
  const first = await begin(storage, '/file', 95);
  const second = await begin(storage, '/file', 10);
  await first.commit();
  await assert.rejects(second.commit(), overQuota);
  assert.deepEqual(counters.used(ROOT), { bytes: 95, files: 1 });
  await isRight();
});

test('the room of a file that is being replaced is for its replacement, even if it is removed meanwhile', async () => {
  const storage = view('someone', '/', { bytes: 100 });
  await put(storage, '/file', 90);
  const upload = await begin(storage, '/file', 95);
  await storage.remove(at('/file'));
  await assert.rejects(put(storage, '/other', 10), overQuota);
  await upload.commit();
  assert.deepEqual(counters.used(ROOT), { bytes: 95, files: 1 });
  await isRight();
});

test('what a program of the host takes away is found before a refusal, but not more often than each minute', async () => {
  const storage = view('someone', '/', { bytes: 100 });
  await put(storage, '/one', 90);
  await inner.remove(at('/one'));
  await assert.rejects(put(storage, '/two', 20), overQuota);
  now += MINUTE_MS;
  await put(storage, '/two', 20);
  await isRight();
  await inner.remove(at('/two'));
  await assert.rejects(put(storage, '/three', 90), overQuota);
  now += MINUTE_MS;
  await put(storage, '/three', 90);
  await isRight();
});

test('no account waits for a change that another one makes in the same home', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const slow: Storage = {
    ...storageMethods(inner),
    async remove(path) {
      await released;
      return inner.remove(path);
    },
  };
  counters = new QuotaCounters(inner, { now: () => now });
  const one = withQuota(slow, counters.of(SOMEONE), { bytes: 100 });
  const other = withQuota(inner, counters.of({ name: 'other', home: ROOT }), { bytes: 100 });
  await put(one, '/file', 60);
  const removing = one.remove(at('/file'));
  await put(other, '/other', 40);
  await other.rename(at('/other'), at('/renamed'));
  await assert.rejects(put(other, '/more', 1), overQuota);
  release();
  await removing;
  await put(other, '/more', 60);
});

test('what was abandoned counts until the files are counted anew, at the next refusal at the latest', async () => {
  const counter = counters.of(SOMEONE);
  counter.setQuota({ bytes: 100 });
  await put(inner, '/file', 10);
  assert.equal(await counter.reserve('lost', { more: bytes(50) }), 'reserved');
  assert.equal(await counter.reserve('kept', { more: bytes(30) }), 'reserved');
  assert.equal(await counter.reserve('kept', { more: bytes(11) }), 'no-bytes');
  counters.abandon(['lost'], []);
  assert.deepEqual(counters.used(ROOT), { bytes: 90, files: 1 });
  assert.equal(await counter.reserve('kept', { more: bytes(60) }), 'reserved');
  assert.equal(await counter.reserve('kept', { more: bytes(1) }), 'no-bytes');
});

test('a new count of all homes begins at once, and counts what came beside the uploads', async () => {
  const storage = view('someone', '/', { bytes: 100 });
  await put(storage, '/file', 10);
  await put(inner, '/beside', 80);
  counters.recount();
  await assert.rejects(put(storage, '/other', 20), overQuota);
  await isRight();
});

test('whoever asks for a new count gets it at the next refusal, however new the last one is', async () => {
  let request = 'first';
  counters = new QuotaCounters(inner, { now: () => now, request: () => request });
  const storage = view('someone', '/', { bytes: 100 });
  await put(storage, '/file', 90);
  await inner.remove(at('/file'));
  await assert.rejects(put(storage, '/other', 90), overQuota);
  request = 'second';
  await put(storage, '/other', 90);
});

test('a refusal does not wait for ever for a new count, whose result counts once it is there', async () => {
  let counted = Promise.withResolvers<void>();
  counted.resolve();
  const slow: Storage = {
    ...storageMethods(inner),
    async usage(path) {
      await counted.promise;
      return (await inner.usage?.(path)) ?? { bytes: 0, files: 0 };
    },
  };
  counters = new QuotaCounters(slow, { now: () => now, recountWaitMs: 1 });
  const counter = counters.of(SOMEONE);
  const storage = withQuota(inner, counter, { bytes: 100 });
  await put(storage, '/file', 90);
  await inner.remove(at('/file'));
  counted = Promise.withResolvers<void>();
  now += MINUTE_MS;
  await assert.rejects(put(storage, '/other', 90), overQuota);
  counted.resolve();
  await setImmediate();
  await put(storage, '/other', 90);
});

test('a file that is moved or removed while the files are counted is not missed', async () => {
  let count: PromiseWithResolvers<{ bytes: number; files: number }> | undefined;
  const slow: Storage = {
    ...storageMethods(inner),
    usage: async (path) => count?.promise ?? (await inner.usage?.(path)) ?? { bytes: 0, files: 0 },
  };
  counters = new QuotaCounters(slow, { now: () => now });
  const counter = counters.of(SOMEONE);
  const storage = withQuota(inner, counter, { bytes: 100 });
  await put(storage, '/a', 60);
  await put(storage, '/b', 30);
  // It has looked where `/a` went before it was there, and where it was when it was gone.
  now += MINUTE_MS;
  count = Promise.withResolvers();
  const refused = assert.rejects(put(storage, '/c', 20), overQuota);
  await setImmediate();
  await storage.rename(at('/a'), at('/moved'));
  count.resolve({ bytes: 30, files: 1 });
  await refused;
  assert.deepEqual(counters.used(ROOT), { bytes: 90, files: 2 });
  // It has seen that `/b` is gone: what the removal tells afterwards is not taken off again.
  now += MINUTE_MS;
  count = Promise.withResolvers();
  const granted = put(storage, '/c', 20);
  await setImmediate();
  await counter.begin({ id: 'removal', path: at('/b') });
  const removed = await inner.remove(at('/b'));
  count.resolve({ bytes: 60, files: 1 });
  await granted;
  await counter.end('removal', {
    gone: {
      usage: { bytes: 30, files: 1 },
      entry: { id: removed.unique ?? '', version: '1', name: 'b' },
      isCertain: false,
    },
  });
  assert.deepEqual(counters.used(ROOT), await inner.usage?.(ROOT));
});

/** A counter that answers as from another process: later. */
function distant(counter: QuotaCounter): QuotaCounter {
  return {
    setQuota: (quota) => counter.setQuota(quota),
    begin: (change) => counter.begin(change),
    end: async (id, outcome) => counter.end(id, outcome),
    reserve: async (reservation, more) => counter.reserve(reservation, more),
    claimReplaced: async (reservation, entry) => counter.claimReplaced(reservation, entry),
    release: (reservation) => counter.release(reservation),
    limitSpace: (space) => counter.limitSpace(space),
  };
}

test('of counters that are far away no upload takes more than there is, and what waits is asked for at once', async () => {
  let questions = 0;
  const far = distant(counters.of(SOMEONE));
  const counting: QuotaCounter = {
    ...far,
    reserve(reservation, more) {
      questions += 1;
      return far.reserve(reservation, more);
    },
  };
  const storage = withQuota(inner, counting, { bytes: 100 });
  const upload = await storage.write(at('/file'));
  questions = 0;
  for (let chunk = 0; chunk < 50; chunk += 1) upload.sink.write(Buffer.alloc(2));
  await upload.commit();
  assert.deepEqual(counters.used(ROOT), { bytes: 100, files: 1 });
  assert.equal(questions, 2, 'the first chunk, and all that waited behind it');
  const second = await storage.write(at('/second'));
  second.sink.write(Buffer.alloc(1));
  await assert.rejects(second.commit(), overQuota);
  assert.deepEqual(counters.used(ROOT), await inner.usage?.(ROOT));
});

for (const where of ['near', 'far'] as const) {
  test(`an upload under way that needs the room of one that was abandoned has the files counted (counters ${where})`, async () => {
    const counter = counters.of(SOMEONE);
    const storage = withQuota(inner, where === 'far' ? distant(counter) : counter, { bytes: 100 });
    const upload = await storage.write(at('/file'));
    await counter.reserve('lost', { more: bytes(90) });
    counters.abandon(['lost'], []);
    upload.sink.write(Buffer.alloc(100));
    await upload.commit();
    assert.deepEqual(counters.used(ROOT), { bytes: 100, files: 1 });
  });
}

/** The methods of a storage, to replace one of them. */
function storageMethods(storage: Storage): Storage {
  return withQuota(storage, new QuotaCounters(storage).of(SOMEONE), {});
}
