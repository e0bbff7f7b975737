import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ROOT, resolvePath, type Storage, type Usage, type WriteOptions } from '../core/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { temporaryStorage } from '../testing/temporary-storage.ts';
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

test('where nobody can say what overlapping changes took away, a refusal looks again, and not more often than each ten seconds', async () => {
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
  const gone = { usage: { bytes: 60, files: 1 }, entry: { id: 'f', version: 'f 60', name: 'file' } };
  for (const id of ['one', 'other']) await counter.begin({ id, path: FILE });
  await counter.end('one', { gone, added: { bytes: 60, files: 1 } });
  await counter.end('other', { gone, added: { bytes: 60, files: 1 } });
  await assert.rejects(put(storage, at('/more'), 40), { code: 'over-quota' });
  assert.equal(counts, 1);
  now += 10_000;
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
