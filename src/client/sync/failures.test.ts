import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, type Storage, StorageError } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { ClientError } from '../errors.ts';
import { altered, at, plant, put, run, treeOf } from './tree-fixture.test.ts';

/** Whose reads of one path fail so. */
const failingRead = (storage: Storage, path: string, error: Error): Storage =>
  altered(storage, {
    async read(asked, options) {
      if (asked === path) throw error;
      return storage.read(asked, options);
    },
  });

const denied = new StorageError('denied', 'Not yours');

async function source(): Promise<Storage> {
  const from = memoryStorage();
  await plant(from, { 'a/1': '1', 'a/2': '2', 'b/3': '3', 'b/4': '4' });
  return from;
}

test('a failure of one entry is its step, and all the others are copied', async () => {
  const to = memoryStorage();
  const { steps, summary } = await run(failingRead(await source(), '/a/2', denied), to);
  const failed = steps.filter(({ outcome }) => outcome === 'failed');
  assert.deepEqual(failed, [
    {
      action: 'copy',
      path: '/a/2',
      reason: 'missing',
      size: 1,
      outcome: 'failed',
      message: 'Not yours',
      error: denied,
    },
  ]);
  assert.deepEqual([summary.failed, summary.done], [1, 5]);
  assert.deepEqual(await treeOf(to), { 'a/': '', 'a/1': '1', 'b/': '', 'b/3': '3', 'b/4': '4' });
});

test('a plan that stops at a failure begins nothing more, and says what was done', async () => {
  const to = memoryStorage();
  const plan = { onFailure: 'stop', parallel: 1 } as const;
  const { told, summary } = await run(failingRead(await source(), '/a/1', denied), to, plan);
  assert.deepEqual(told, ['copy /a/1 (missing) failed', 'make-directory /a (missing)']);
  assert.equal(summary.failed, 1);
});

test('a directory that can not be made is one failed step, and nothing below is tried', async () => {
  const from = memoryStorage();
  await plant(from, { 'a/b/c/d': '1', 'a/e': '2', f: '3' });
  const to = memoryStorage();
  const refusing = altered(to, {
    async makeDirectory() {
      throw denied;
    },
  });
  for (const plan of [{}, { include: ['/f', 'd', 'e'] }]) {
    const { told } = await run(from, refusing, plan);
    assert.deepEqual(
      told.filter((step) => step.includes('/a')),
      ['make-directory /a (missing) failed'],
    );
  }
  assert.deepEqual(await treeOf(to), { f: '3' });
});

test('a connection that is gone ends the run, also where the storage wraps the failure', async () => {
  const lost = new ClientError('connection-lost', 'The server is gone', { phase: 'transfer' });
  for (const error of [lost, new StorageError('io', 'Failed', { cause: lost })]) {
    await assert.rejects(run(failingRead(await source(), '/a/2', error), memoryStorage()), error);
  }
});

test('where the destination takes two names for one, the second is a failed step and the first stands', async () => {
  const from = memoryStorage();
  await plant(from, { README: 'upper', readme: 'lower' });
  const { storage: to, inner } = caseless();
  for (let round = 0; round < 2; round += 1) {
    const { steps } = await run(from, to, { delete: true, parallel: 1 });
    const failed = steps.filter(({ outcome }) => outcome === 'failed');
    assert.deepEqual(
      failed.map(({ path }) => path),
      ['/readme'],
    );
    assert.deepEqual(await treeOf(inner), { README: 'upper' });
  }
});

test('a name that changed its case alone is copied, and its old one does not take the new one along', async () => {
  const from = memoryStorage();
  await plant(from, { README: 'new' });
  const { storage: to, inner } = caseless();
  await put(inner, 'readme', 'old');
  await run(from, to, { delete: true });
  assert.deepEqual(Object.values(await treeOf(inner)), ['new']);
});

test('more entries than a run may look at end it, more than a directory may hold fail that directory', async () => {
  const from = await source();
  const to = memoryStorage();
  await assert.rejects(run(from, to, { maxEntries: 3 }), { code: 'limit' });
  await plant(from, { 'a/5': '5' });
  await run(from, to);
  await put(to, 'a/extra', 'x');
  const { told } = await run(from, to, { maxDirectoryEntries: 2, delete: true });
  assert.deepEqual(told, ['skip /a (listing) failed']);
  assert.equal((await treeOf(to))['a/extra'], 'x');
});

test('a directory deeper than the plan allows is a failed step, and its counterpart stays', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, { 'a/b/c': '1' });
  await plant(to, { 'a/b/z': '1' });
  const { told } = await run(from, to, { maxDepth: 1, delete: true });
  assert.deepEqual(told, ['skip /a/b (depth) failed']);
  assert.equal((await treeOf(to))['a/b/z'], '1');
});

test('a file that turns out shorter at the destination does not stay', async () => {
  const to = memoryStorage();
  const cutting = altered(to, {
    async write(path, options) {
      const upload = await to.write(path, options);
      const commit = async (): Promise<Entry> => ({ ...(await upload.commit()), size: 0 });
      return { ...upload, commit };
    },
  });
  const { steps } = await run(await source(), cutting, { include: ['/a/1'] });
  const [failed] = steps.filter(({ outcome }) => outcome === 'failed');
  assert.ok(failed?.outcome === 'failed' && failed.error instanceof ClientError);
  assert.equal(failed.error.code, 'wrong-size');
  assert.deepEqual(await treeOf(to), { 'a/': '' });
});

test('numbers that make no sense are refused', async () => {
  const plans = [{ parallel: 0 }, { parallel: Number.NaN }, { maxDepth: -1 }, { timeOffsetMs: Number.NaN }];
  for (const plan of plans) {
    await assert.rejects(run(memoryStorage(), memoryStorage(), plan), { code: 'invalid-argument' });
  }
});

/** A storage that does not tell upper from lower case. */
function caseless(): { readonly storage: Storage; readonly inner: Storage } {
  const inner = memoryStorage();
  const known = async (path: string) => {
    for await (const entries of inner.list(at('/'))) {
      const entry = entries.find(({ name }) => `/${name}`.toLowerCase() === path.toLowerCase());
      if (entry) return at(entry.name);
    }
    return at(path);
  };
  const storage = altered(inner, {
    stat: async (path) => inner.stat(await known(path)),
    write: async (path, options) => inner.write(await known(path), options),
    remove: async (path) => inner.remove(await known(path)),
    setAttributes: async (path, attributes) => inner.setAttributes?.(await known(path), attributes),
    partial: async (path) => inner.partial?.(await known(path)),
  });
  return { storage, inner };
}
