import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ROOT, resolvePath, type Storage, type Usage, type WriteOptions } from '../core/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { temporaryStorage } from '../testing/temporary-storage.ts';
import { confined } from './confined.ts';
import type { Quota, QuotaCounter } from './quota-counter.ts';
import { QuotaCounters } from './quota-counters.ts';
import { withQuota } from './with-quota.ts';

const at = (path: string) => resolvePath(ROOT, path);
const SOMEONE = { name: 'someone', home: ROOT };
const FILE = at('/file');

let now: number;

beforeEach(() => {
  now = 0;
});

/** A counter that answers as from another process: later. */
function distant(counter: QuotaCounter): QuotaCounter {
  return {
    ...counter,
    end: async (id, outcome) => counter.end(id, outcome),
    reserve: async (reservation, more) => counter.reserve(reservation, more),
    claimReplaced: async (reservation, entry) => counter.claimReplaced(reservation, entry),
  };
}

/** Two workers that have the same files. */
function workers(inner: Storage, quotas: readonly [Quota, Quota] = [{ bytes: 10_000 }, { bytes: 10_000 }]) {
  const counters = new QuotaCounters(inner, { now: () => now });
  const views = quotas.map((quota, index) =>
    withQuota(inner, distant(counters.of({ name: `${index}`, home: ROOT })), quota),
  );
  return { counters, views };
}

async function put(storage: Storage, path = FILE, bytes = 30): Promise<void> {
  const upload = await storage.write(path);
  upload.sink.write(Buffer.alloc(bytes));
  await upload.commit();
}

async function together(views: readonly Storage[], options: WriteOptions): Promise<void> {
  const uploads = await Promise.all(views.map((view) => view.write(FILE, options)));
  for (const { sink } of uploads) sink.write(Buffer.alloc(30));
  await Promise.all(uploads.map((upload) => upload.commit()));
}

const CASES: Readonly<Record<string, (views: readonly Storage[]) => Promise<void>>> = {
  'overwrites of one file': async (views) => {
    await put(views[0] as Storage);
    await together(views, {});
  },
  'appends to one file': async (views) => {
    await put(views[0] as Storage);
    await together(views, { at: 'end' });
  },
  'uploads that make one new file': (views) => together(views, {}),
  'appends that make one new file': (views) => together(views, { at: 'end' }),
};

for (const [what, work] of Object.entries(CASES)) {
  for (const [whose, quotas] of [
    ['both with a quota', undefined],
    ['one without', [{ bytes: 10_000 }, {}]],
  ] as const) {
    test(`two ${what} that overlap are counted as what stands there: ${whose}`, async () => {
      const inner = memoryStorage();
      const { counters, views } = workers(inner, quotas);
      await work(views);
      assert.deepEqual(counters.used(ROOT), await inner.usage?.(ROOT));
    });
  }

  test(`two ${what} that overlap are counted as what stands there: on a disk`, async () => {
    await using temporary = await temporaryStorage();
    const { counters, views } = workers(temporary.storage);
    for (let round = 0; round < 10; round += 1) await work(views);
    assert.deepEqual(counters.used(ROOT), await temporary.storage.usage(ROOT));
  });
}

test('where nobody can say what overlapping changes took away, a refusal looks again, and not more often than each minute', async () => {
  const inner = memoryStorage();
  let counts = 0;
  const usage = inner.usage?.bind(inner);
  const counted = Object.assign(inner, {
    usage: (path: typeof ROOT): Promise<Usage> => {
      counts += 1;
      return usage?.(path) ?? Promise.reject(new Error('no usage'));
    },
  });
  const counters = new QuotaCounters(counted, { now: () => now });
  const counter = counters.of(SOMEONE);
  const storage = withQuota(counted, counter, { bytes: 100 });
  await put(storage, FILE, 60);
  const gone = {
    usage: { bytes: 60, files: 1 },
    entry: { id: 'f', version: 'f 60', name: 'file' },
    isCertain: false,
  };
  for (const id of ['one', 'other']) await counter.begin({ id, path: FILE });
  await counter.end('one', { gone, added: { bytes: 60, files: 1 } });
  await counter.end('other', { gone, added: { bytes: 60, files: 1 } });
  await assert.rejects(put(storage, at('/more'), 40), { code: 'over-quota' });
  assert.equal(counts, 1);
  now += 60_000;
  await put(storage, at('/more'), 40);
  assert.equal(counts, 2);
  assert.deepEqual(counters.used(ROOT), { bytes: 100, files: 2 });
});

test('whoever waits for the files to be counted can give up, and the count goes on for others', async () => {
  const inner = memoryStorage();
  const counting = Promise.withResolvers<Usage>();
  const slow = Object.assign(inner, { usage: () => counting.promise });
  const counters = new QuotaCounters(slow, { now: () => now });
  const storage = withQuota(slow, counters.of(SOMEONE), { bytes: 100 });
  const giveUp = new AbortController();
  const { signal } = giveUp;
  const work = [
    storage.write(FILE, { signal }),
    storage.remove(FILE, { signal }),
    storage.rename(FILE, at('/other'), { signal }),
    storage.makeDirectory(at('/directory'), { signal }),
    storage.removeDirectory(at('/directory'), { signal }),
    storage.space?.(ROOT, { signal }),
  ].map((each) => assert.rejects(each ?? Promise.resolve(), { code: 'aborted' }));
  await setImmediate();
  giveUp.abort();
  await Promise.all(work);
  counting.resolve({ bytes: 0, files: 0 });
  await put(storage);
  assert.deepEqual(counters.used(ROOT), { bytes: 30, files: 1 });
});

const SOME = Buffer.alloc(10);

async function write(view: Storage, path = FILE, options: WriteOptions = {}): Promise<void> {
  const upload = await view.write(path, options);
  upload.sink.write(SOME);
  await upload.commit();
}

async function renameOver(view: Storage): Promise<void> {
  await write(view, at('/temporary'));
  await view.rename(at('/temporary'), FILE);
}

/** One that a change overtakes is `busy`. */
async function goOn(view: Storage): Promise<void> {
  await write(view, FILE, { at: 5 }).catch((error) => assert.equal(error.code, 'busy'));
}

const append = (view: Storage): Promise<void> => write(view, FILE, { at: 'end' });

for (const [kinds, one, other] of [
  ['appends', append, append],
  ['overwrites', write, write],
  ['overwrites and appends', write, append],
  ['overwrites and renames', write, renameOver],
  ['overwrites and restarts', write, goOn],
] as const) {
  test(`${kinds} that overlap again and again, and end in any order, are counted as what stands there`, async () => {
    await using temporary = await temporaryStorage({ durability: 'fast' });
    const { counters, views } = workers(temporary.storage, [{ bytes: 1_000_000 }, { bytes: 1_000_000 }]);
    const [first, second] = views as [Storage, Storage];
    await put(first, FILE, 300_000);
    // Two changes may tell what they did in either order: what is taken away first comes from what else there is.
    await put(first, at('/other'), 1000);
    const often = async (view: Storage, change: (view: Storage) => Promise<void>) => {
      for (let time = 0; time < 40; time += 1) await change(view);
    };
    await Promise.all([often(first, (view) => one(view)), often(second, (view) => other(view))]);
    assert.deepEqual(counters.used(ROOT), await temporary.storage.usage?.(ROOT));
  });
}

test('a file that an upload is to replace is renamed away only where the quota has room for both', async () => {
  const inner = memoryStorage();
  const { counters, views } = workers(inner, [{ bytes: 100 }, { bytes: 100 }]);
  const [one, other] = views as [Storage, Storage];
  await put(one, FILE, 60);
  const upload = await one.write(FILE);
  upload.sink.write(Buffer.alloc(50));
  await assert.rejects(other.rename(FILE, at('/old')), { code: 'busy', message: /no room for both/ });
  await upload.commit();
  assert.deepEqual(counters.used(ROOT), { bytes: 50, files: 1 });

  const small = await one.write(FILE);
  small.sink.write(Buffer.alloc(40));
  await other.rename(FILE, at('/old'));
  await assert.rejects(put(other, at('/more'), 11), { code: 'over-quota' });
  await small.commit();
  assert.deepEqual(counters.used(ROOT), { bytes: 90, files: 2 });
  assert.deepEqual(await inner.usage?.(ROOT), { bytes: 90, files: 2 });
});

test('a file that an upload is to replace through a link is not renamed away where the quota has no room for both', async () => {
  const inner = memoryStorage();
  const write = inner.write.bind(inner);
  let meanwhile = async (): Promise<void> => {};
  const counted = Object.assign(inner, {
    write: async (...where: Parameters<Storage['write']>) => {
      const upload = await write(...where);
      return { ...upload, commit: () => meanwhile().then(() => upload.commit()) };
    },
  });
  const { counters, views } = workers(counted, [{ bytes: 100 }, { bytes: 100 }]);
  const [one, other] = views as [Storage, Storage];
  await put(one, FILE, 60);
  await one.makeLink?.(at('/link'), 'file');
  meanwhile = () => assert.rejects(other.rename(FILE, at('/old')), { code: 'busy' });
  await put(one, at('/link'), 60);
  assert.deepEqual(await inner.usage?.(ROOT), { bytes: 60, files: 2 });
  assert.deepEqual(counters.used(ROOT), { bytes: 60, files: 2 });
});

test('a copy through a link needs room of its own: what it leads to can be moved away under another name', async () => {
  const inner = memoryStorage();
  const { views } = workers(inner, [{ bytes: 100 }, { bytes: 100 }]);
  const [one] = views as [Storage];
  await put(one, FILE, 40);
  await put(one, at('/target'), 40);
  await one.makeLink?.(at('/link'), 'target');
  await assert.rejects(one.copy?.(FILE, at('/link')) ?? Promise.resolve(), { code: 'over-quota' });
  await one.copy?.(FILE, at('/target'));
});

test('an upload hinders no rename and no upload of the same name in a home that has nothing to do with its own', async () => {
  const inner = memoryStorage();
  const counters = new QuotaCounters(inner);
  const account = async (name: string) => {
    const home = at(`/${name}`);
    await inner.makeDirectory(home);
    const storage = withQuota(confined(inner, home), counters.of({ name, home }), { bytes: 100 });
    await put(storage, FILE, 100);
    return storage;
  };
  const [one, other] = [await account('one'), await account('other')];
  const upload = await one.write(FILE);
  await other.rename(FILE, at('/old'));
  await other.remove(at('/old'));
  await (await other.write(FILE, { at: 'end' })).commit();
  await assert.rejects(one.rename(FILE, at('/old')), { code: 'busy' });
  await upload.discard();
});

test('an upload keeps the room that it has filled when others remove the file that lent it, however often', async () => {
  const inner = memoryStorage();
  const { counters, views } = workers(inner, [{ bytes: 100 }, { bytes: 100 }]);
  const [one, other] = views as [Storage, Storage];
  await put(one, FILE, 90);
  const upload = await one.write(FILE);
  const sent = (bytes: number) =>
    new Promise<void>((done, fail) =>
      upload.sink.write(Buffer.alloc(bytes), (error) => (error ? fail(error) : done())),
    );
  await sent(90);
  await other.remove(FILE);
  assert.deepEqual(counters.used(ROOT), { bytes: 90, files: 1 });
  now += 60_000;
  await assert.rejects(put(other, FILE, 11), { code: 'over-quota' });
  assert.deepEqual(counters.used(ROOT), { bytes: 90, files: 1 });
  await put(other, at('/small'), 10);
  await assert.rejects(sent(1), { code: 'over-quota' });
  assert.deepEqual(counters.used(ROOT), { bytes: 100, files: 2 });
  await upload.discard();
  assert.deepEqual(counters.used(ROOT), { bytes: 10, files: 1 });
});

test('a home that is counted for the first time while uploads below it are under way counts them once they are done', async () => {
  const inner = memoryStorage();
  const counters = new QuotaCounters(inner);
  const below = at('/below');
  await inner.makeDirectory(below);
  const storage = withQuota(confined(inner, below), counters.of({ name: 'below', home: below }), { bytes: 100 });
  const upload = await storage.write(FILE);
  upload.sink.write(SOME);
  await setImmediate();
  const all = withQuota(inner, counters.of(SOMEONE), { bytes: 100 });
  await put(all, at('/small'), 1);
  assert.deepEqual(counters.used(ROOT), { bytes: 11, files: 2 });
  await upload.commit();
  assert.deepEqual(counters.used(ROOT), { bytes: 11, files: 2 });
  assert.deepEqual(await inner.usage?.(ROOT), { bytes: 11, files: 2 });
});

test('a name is the same in whatever case, and however its characters are written', async () => {
  const inner = memoryStorage();
  const counters = new QuotaCounters(inner);
  const counter = counters.of(SOMEONE);
  counter.setQuota({ bytes: 100 });
  await counter.begin({ id: 'one', path: FILE, moves: '\u00e9A\u212a' });
  const entry = { id: 'f', name: 'e\u0301ak', usage: { bytes: 60, files: 1 } };
  assert.equal(counter.claimReplaced('other', entry), false);
});
