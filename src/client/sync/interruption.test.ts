import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { type ReadOptions, type Storage, StorageError, type VirtualPath } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { ClientError } from '../errors.ts';
import { type SyncProgress, sync } from './index.ts';
import { altered, at, leavePartial, plant, put, run, treeOf } from './tree-fixture.test.ts';

const CONTENT = '0123456789'.repeat(10);

/** Reads of `path` give this instead; what is asked for is noted. */
function reading(storage: Storage, bytes: (all: Buffer) => AsyncIterable<Buffer>, path = '/file') {
  const reads: ReadOptions[] = [];
  const read = async (asked: VirtualPath, options: ReadOptions = {}): Promise<Readable> => {
    reads.push(options);
    const source = await storage.read(asked, options);
    return asked === path ? Readable.from(bytes(await buffer(source)), { objectMode: false }) : source;
  };
  return { storage: altered(storage, { read }), reads };
}

async function* brokenAfter(all: Buffer, count: number): AsyncGenerator<Buffer> {
  yield all.subarray(0, count);
  throw new StorageError('io', 'Broken off');
}

async function source(): Promise<Storage> {
  const from = memoryStorage();
  await plant(from, { file: CONTENT, other: 'x' });
  return from;
}

test('an upload whose source breaks off is kept, and the next run goes on with it', async () => {
  const from = await source();
  const to = memoryStorage();
  const first = await run(reading(from, (all) => brokenAfter(all, 30)).storage, to);
  assert.deepEqual(first.told, ['copy /file (missing) failed', 'copy /other (missing)']);
  assert.deepEqual(await treeOf(to), { other: 'x' });

  const { storage, reads } = reading(from, async function* (rest) {
    yield rest;
  });
  assert.deepEqual((await run(storage, to, { dryRun: true })).told, ['resume /file (interrupted)']);
  const { told, summary } = await run(storage, to);
  assert.deepEqual(told, ['resume /file (interrupted)']);
  assert.deepEqual(
    reads.map(({ start }) => start),
    [30],
  );
  assert.equal(summary.bytes, 100);
  assert.equal((await treeOf(to))['file'], CONTENT);
});

test('without resume nothing is kept and nothing gone on with', async () => {
  const from = await source();
  const to = memoryStorage();
  await run(reading(from, (all) => brokenAfter(all, 30)).storage, to, { resume: false });
  assert.equal(await to.partial?.(at('file')), undefined);
  await leavePartial(to, 'file', 'something');
  assert.deepEqual((await run(from, to, { resume: false })).told, ['copy /file (missing)']);
  assert.equal((await treeOf(to))['file'], CONTENT);
});

test('an interrupted upload is begun anew where the source changed after it, or is shorter than it', async () => {
  const from = await source();
  const to = memoryStorage();
  await leavePartial(to, 'file', 'OTHER');
  await leavePartial(to, 'other', 'longer than the source');
  await from.setAttributes?.(at('file'), { modified: new Date(Date.now() + 5000) });
  assert.deepEqual((await run(from, to)).told, ['copy /file (missing)', 'copy /other (missing)']);
  assert.deepEqual(await treeOf(to), { file: CONTENT, other: 'x' });
});

test('a resumed copy whose parts are of two versions is found by its digest, and removed', async () => {
  const from = await source();
  const to = memoryStorage();
  await leavePartial(to, 'file', 'OTHER');
  const { told } = await run(from, to);
  assert.deepEqual(told, ['copy /other (missing)', 'resume /file (interrupted) failed']);
  assert.deepEqual(await treeOf(to), { other: 'x' });
  await run(from, to);
  assert.equal((await treeOf(to))['file'], CONTENT);
});

for (const [how, alter] of [
  ['shrank', (all: Buffer) => [all.subarray(0, 50)]],
  ['grew', (all: Buffer) => [all, Buffer.from('more')]],
] as const) {
  test(`a file that ${how} under the copy is a failed step, and nothing of it is kept`, async () => {
    const from = await source();
    const to = memoryStorage();
    const changing = reading(from, async function* (all) {
      yield* alter(all);
    });
    const { steps } = await run(changing.storage, to);
    const failed = steps.find(({ outcome }) => outcome === 'failed');
    assert.ok(failed?.outcome === 'failed' && failed.error instanceof ClientError);
    assert.equal(failed.error.code, 'changed');
    assert.equal(await to.partial?.(at('file')), undefined);
    assert.deepEqual(await treeOf(to), { other: 'x' });
    await put(to, 'file', 'what was there');
    await run(changing.storage, to);
    assert.deepEqual(await treeOf(to), { file: 'what was there', other: 'x' });
  });
}

test('a source that fails before the destination takes anything, and one that is not taken, are let go', async () => {
  const readers: Readable[] = [];
  const failing = altered(await source(), {
    async read(path) {
      const reader = new Readable({ read() {} });
      readers.push(reader);
      if (path === '/file') setImmediate(() => reader.destroy(new StorageError('io', 'Lost early')));
      return reader;
    },
  });
  const to = memoryStorage();
  const slow = altered(to, {
    async write(path, options) {
      if (path === '/other') throw new StorageError('no-space', 'Full');
      await new Promise((resolve) => readers[0]?.once('close', resolve));
      return to.write(path, options);
    },
  });
  const { steps } = await run(failing, slow);
  const messages = steps.flatMap((step) => (step.outcome === 'failed' ? [step.message] : []));
  assert.deepEqual(messages.toSorted(), ['Full', 'Lost early']);
  assert.ok(readers.length === 2 && readers.every(({ destroyed }) => destroyed));
});

test('an abort in the middle of a file ends the run, keeps the file so far, and the next run completes it', async () => {
  const from = await source();
  const to = memoryStorage();
  const controller = new AbortController();
  const stuck = altered(from, {
    async read(path, options) {
      if (path !== '/file') return from.read(path, options);
      const reader = new Readable({ read() {}, signal: options?.signal });
      reader.push(CONTENT.slice(0, 40));
      return reader;
    },
  });
  const onProgress = ({ bytes }: SyncProgress): void => {
    if (bytes === 40) controller.abort(new Error('enough'));
  };
  await assert.rejects(run(stuck, to, { signal: controller.signal, onProgress }), {
    name: 'ClientError',
    code: 'aborted',
  });
  assert.equal((await to.partial?.(at('file')))?.size, 40);
  assert.deepEqual(
    (await run(from, to)).told.filter((step) => step.includes('/file')),
    ['resume /file (interrupted)'],
  );
  assert.deepEqual(await treeOf(to), await treeOf(from));
});

test('whoever stops reading the steps stops the run, and nothing is under way any more', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, CONTENT])));
  let open = 0;
  const counting = altered(from, {
    async read(path, options) {
      open += 1;
      const reader = await from.read(path, options);
      return reader.on('close', () => {
        open -= 1;
      });
    },
  });
  for await (const step of sync(counting, to, { parallel: 3 })) {
    assert.equal(step.action, 'copy');
    break;
  }
  assert.equal(open, 0);
  assert.ok(Object.keys(await treeOf(to)).length < 10);
});

test('whoever stops reading does not wait for a source that says nothing any more', async () => {
  const from = memoryStorage();
  await plant(from, { file: CONTENT, other: 'x' });
  const silent = altered(from, {
    async read(path, options) {
      return path === '/file' ? new Readable({ read() {}, signal: options?.signal }) : from.read(path, options);
    },
  });
  const to = memoryStorage();
  for await (const step of sync(silent, to)) {
    assert.ok(step.action === 'copy' && step.path === '/other');
    break;
  }
  assert.deepEqual(await treeOf(to), { other: 'x' });
});

test('a run that was aborted before it began does nothing', async () => {
  const to = memoryStorage();
  await assert.rejects(run(await source(), to, { signal: AbortSignal.abort() }), { code: 'aborted' });
  assert.deepEqual(await treeOf(to), {});
});

test('progress tells of each file and of all that is known', async () => {
  const from = await source();
  const seen: SyncProgress[] = [];
  await run(from, memoryStorage(), { parallel: 1, onProgress: (progress) => seen.push(progress) });
  const last = seen.at(-1);
  assert.deepEqual(last, {
    path: '/other',
    bytes: 1,
    size: 1,
    totals: { files: 2, bytes: 101, filesDone: 1, bytesDone: 101 },
  });
  assert.ok(seen.some(({ path, bytes, size }) => path === '/file' && bytes === 100 && size === 100));
});

test('all copies together keep to the rate, and an abort does not wait for it', async () => {
  const to = memoryStorage();
  const plan = { maxBytesPerSecond: 1, signal: AbortSignal.timeout(200) };
  await assert.rejects(run(await source(), to, plan), { code: 'aborted' });
  assert.deepEqual(await treeOf(to), {});
});
