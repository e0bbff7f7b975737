import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { type Attributes, type Storage, StorageError, type VirtualPath } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { altered, LONG_AGO, plant, put, run, treeOf } from './tree-fixture.test.ts';

const FILES = { a: 'a', b: 'b', c: 'c' };
const EARLIER = new Date(LONG_AGO.getTime() - 86_400_000);
const ALONE = { parallel: 1 } as const;

/** Where no time can be set, and what was asked for. */
function refusing(storage: Storage, code: 'denied' | 'unsupported' = 'denied') {
  const asked: string[] = [];
  const setAttributes = async (path: string): Promise<void> => {
    asked.push(path);
    throw new StorageError(code, 'No times here');
  };
  return { storage: altered(storage, { setAttributes }), asked };
}

for (const [code, askedOf] of [
  ['denied', ['/a', '/b', '/c']],
  ['unsupported', ['/a']],
] as const) {
  test(`where setting times is refused (${code}), the next run warns once and copies nothing again`, async () => {
    const from = memoryStorage();
    const { storage, asked } = refusing(memoryStorage(), code);
    await plant(from, FILES);
    const first = await run(from, storage, ALONE);
    assert.deepEqual([first.summary.done, first.summary.failed, asked.splice(0)], [3, 0, askedOf]);
    assert.equal(first.steps.filter((step) => 'warning' in step).length, 1);

    const { told, steps, summary } = await run(from, storage, ALONE);
    assert.deepEqual([told, asked.splice(0)], [['skip /a (time) skipped'], askedOf]);
    assert.deepEqual([summary.done, summary.skipped, summary.failed, summary.unchanged], [0, 1, 0, 2]);
    const [step] = steps;
    assert.match(step && 'warning' in step ? (step.warning ?? '') : '', /can't be set: No times here; .*source/);
  });
}

for (const [what, refused, code] of [
  ['a time that is denied', { '/a': LONG_AGO }, 'denied'],
  ['a year that the disk can not keep', { '/a': new Date('2500-01-01T00:00:00Z') }, 'unsupported'],
] as const) {
  for (const present of [{}, { a: 'x' }]) {
    const where = 'a' in present ? 'present' : 'new';
    test(`${what} for one ${where} file keeps no other from being copied, whose source is older and has changed`, async () => {
      const from = memoryStorage();
      const to = memoryStorage();
      await put(from, 'a', 'a', refused['/a']);
      await put(from, 'b', 'B', EARLIER);
      await put(from, 'c', 'C', EARLIER);
      await plant(to, { ...present, b: 'b', c: 'c' }, new Date());
      const setAttributes = async (path: VirtualPath, attributes: Attributes): Promise<void> => {
        const isRefused =
          path === '/a' && (code === 'denied' || attributes.modified?.getTime() === refused['/a'].getTime());
        if (isRefused) throw new StorageError(code, 'Not that');
        await to.setAttributes?.(path, attributes);
      };
      await run(from, altered(to, { setAttributes }), ALONE);
      const { b, c } = await treeOf(to);
      assert.deepEqual([b, c], ['B', 'C']);
    });
  }
}

test('where setting times is refused, a source that is newer is copied all the same, and so is another size', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  const { storage } = refusing(to);
  await plant(from, FILES);
  await run(from, storage, ALONE);
  await put(from, 'b', 'B', new Date(Date.now() + 60_000));
  await put(from, 'c', 'longer', LONG_AGO);
  const { told } = await run(from, storage, ALONE);
  assert.deepEqual(told, ['replace /b (time)', 'replace /c (size)', 'skip /a (time) skipped']);
  assert.deepEqual(await treeOf(to), { a: 'a', b: 'B', c: 'longer' });
});

test('once a run has seen that times can not be set, files of the same size count by their age, unasked', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, FILES);
  await put(to, 'b', 'b', new Date());
  await put(to, 'c', 'x', EARLIER);
  const { storage, asked } = refusing(to, 'unsupported');
  const { told } = await run(from, storage, ALONE);
  assert.deepEqual([told, asked], [['copy /a (missing)', 'replace /c (time)'], ['/a']]);
});

test('where times can be set, an older source is copied over a newer file of the same size, for it may have changed', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, FILES);
  await run(from, refusing(to).storage, ALONE);
  await put(from, 'a', 'A', EARLIER);
  const { told, summary } = await run(from, to, ALONE);
  assert.deepEqual(told, ['replace /a (time)', 'replace /b (time)', 'replace /c (time)']);
  assert.deepEqual([(await treeOf(to))['a'], summary.unchanged], ['A', 0]);
  assert.deepEqual((await run(from, to, ALONE)).told, []);
});

test('a refusal behind a time that was set is about that one file, and others are compared by their times', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, FILES);
  await put(to, 'c', 'x', new Date());
  const setAttributes = async (path: VirtualPath, attributes: Attributes): Promise<void> => {
    if (path === '/b') throw new StorageError('denied', 'Not yours');
    await to.setAttributes?.(path, attributes);
  };
  const { told } = await run(from, altered(to, { setAttributes }), ALONE);
  assert.deepEqual(told, ['copy /a (missing)', 'copy /b (missing)', 'replace /c (time)']);
  assert.equal((await treeOf(to))['c'], 'c');
});

for (const timeToleranceMs of [0, 1000]) {
  test(`asking whether times can be set makes no file look the same, where its copy then fails (${timeToleranceMs} ms)`, async () => {
    const from = memoryStorage();
    const to = memoryStorage();
    const lead = timeToleranceMs + 500;
    await put(from, 'a', 'A', LONG_AGO);
    await put(to, 'a', 'a', new Date(LONG_AGO.getTime() + lead));
    const broken = altered(from, {
      read: async () =>
        new Readable({
          read() {
            this.destroy(new StorageError('io', 'Broken off'));
          },
        }),
    });
    const seconds = altered(to, {
      setAttributes: async (path, { modified = new Date(0) }) =>
        to.setAttributes?.(path, { modified: new Date(Math.floor(modified.getTime() / 1000) * 1000) }),
    });
    const plan = { timeToleranceMs, resume: false };
    assert.deepEqual((await run(broken, seconds, plan)).told, ['replace /a (time) failed']);
    assert.deepEqual((await run(from, seconds, plan)).told, ['replace /a (time)']);
    assert.deepEqual(await treeOf(to), { a: 'A' });
  });
}

test('a time that can not be set just now is no answer, and the file is copied', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, FILES);
  await plant(to, FILES, new Date());
  const setAttributes = async (): Promise<void> => {
    throw new StorageError('busy', 'Later');
  };
  const { told } = await run(from, altered(to, { setAttributes }), ALONE);
  assert.deepEqual(told, ['replace /a (time)', 'replace /b (time)', 'replace /c (time)']);
});

test('compared by time alone, another size is no reason to ask', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await put(from, 'a', 'longer', LONG_AGO);
  await put(to, 'a', 'a', new Date());
  const { told } = await run(from, refusing(to).storage, { compare: 'time' });
  assert.deepEqual([told, await treeOf(to)], [['replace /a (time)'], { a: 'longer' }]);
});

test('a dry run sets no time, and shows what would be copied if times can be set', async () => {
  const from = memoryStorage();
  const { storage, asked } = refusing(memoryStorage());
  await plant(from, FILES);
  await run(from, storage, ALONE);
  asked.splice(0);
  const { told } = await run(from, storage, { dryRun: true });
  assert.deepEqual([told.length, asked], [3, []]);
});

for (const [code, count] of [
  ['denied', 3],
  ['unsupported', 1],
] as const) {
  test(`a time that is refused (${code}) to files of equal content is told of once, and is no failure`, async () => {
    const from = memoryStorage();
    const to = memoryStorage();
    await plant(from, FILES);
    await plant(to, FILES, EARLIER);
    const { storage, asked } = refusing(to, code);
    const { steps, summary } = await run(from, storage, { ...ALONE, compare: 'checksum' });
    const warnings = steps.filter((step) => 'warning' in step);
    assert.deepEqual([asked.length, summary.failed, warnings.length], [count, 0, 1]);
  });
}
