import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Storage, StorageError } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import type { SyncCompare, SyncPlan } from './index.ts';
import { altered, at, LONG_AGO, plant, put, run, treeOf } from './tree-fixture.test.ts';

const shifted = (ms: number): Date => new Date(LONG_AGO.getTime() + ms);

/** Pairs of files, named by how the destination's differs. */
async function pairs(): Promise<{ readonly from: Storage; readonly to: Storage }> {
  const from = memoryStorage();
  const to = memoryStorage();
  await put(from, 'lacking', 'abc');
  const there: readonly (readonly [name: string, content: string, modified: Date])[] = [
    ['same', 'abc', LONG_AGO],
    ['content', 'xyz', LONG_AGO],
    ['size', 'longer', LONG_AGO],
    ['older', 'abc', shifted(-60_000)],
    ['newer', 'abc', shifted(60_000)],
  ];
  for (const [name, content, modified] of there) {
    await put(from, name, 'abc');
    await put(to, name, content, modified);
  }
  return { from, to };
}

const LACKING = 'copy /lacking (missing)';
const SIZE = 'replace /size (size)';
const TIMES = ['replace /newer (time)', 'replace /older (time)'];

const EXPECTED: { readonly [compare in SyncCompare]: readonly string[] } = {
  'size-and-time': [LACKING, ...TIMES, SIZE],
  size: [LACKING, SIZE],
  time: [LACKING, ...TIMES],
  checksum: [LACKING, 'replace /content (content)', SIZE, 'set-time /newer (time)', 'set-time /older (time)'],
  missing: [LACKING],
};

for (const [compare, expected] of Object.entries(EXPECTED) as [SyncCompare, readonly string[]][]) {
  test(`compared by ${compare}, just what differs in that is copied, and nothing the next time`, async () => {
    const { from, to } = await pairs();
    assert.deepEqual((await run(from, to, { compare, dryRun: true })).told, expected);
    const { told, summary } = await run(from, to, { compare });
    assert.deepEqual(told, expected);
    assert.deepEqual([summary.done, summary.unchanged], [expected.length, 6 - expected.length]);
    assert.deepEqual((await run(from, to, { compare })).told, []);
    if (compare === 'checksum') assert.deepEqual(await treeOf(to), await treeOf(from));
  });
}

test('an update replaces nothing that is newer at the destination, and tells of it', async () => {
  const { from, to } = await pairs();
  await put(to, 'newer', 'edited here', shifted(60_000));
  const { told } = await run(from, to, { update: true });
  assert.deepEqual(told, [LACKING, 'replace /older (time)', SIZE, 'skip /newer (newer) skipped']);
  assert.equal((await treeOf(to))['newer'], 'edited here');
});

test('times that differ by the tolerance, or by the offset of the clocks, are the same', async () => {
  const { from, to } = await pairs();
  assert.deepEqual((await run(from, to, { dryRun: true, timeToleranceMs: 60_000 })).told, [LACKING, SIZE]);
  assert.deepEqual((await run(from, to, { dryRun: true, timeToleranceMs: 59_999 })).told, EXPECTED['size-and-time']);

  const { told } = await run(from, to, { timeOffsetMs: 60_000 });
  assert.ok(!told.some((step) => step.includes('/newer')));
  assert.deepEqual((await to.stat(at('lacking'))).modified, shifted(60_000));
  assert.deepEqual((await run(from, to, { timeOffsetMs: 60_000 })).told, []);
});

test('copies keep the time of their source', async () => {
  const { from, to } = await pairs();
  await run(from, to);
  for (const name of ['lacking', 'older', 'newer']) {
    assert.deepEqual((await to.stat(at(name))).modified, LONG_AGO, name);
  }
});

for (const [how, without, plan] of [
  ['can not set times', { settable: undefined, setAttributes: undefined }, {}],
  ['is not to set them', {}, { keepTimes: false }],
] as const) {
  test(`where the destination ${how}, a file is copied when the source is newer, and once`, async () => {
    const { from, to } = await pairs();
    const destination = altered(to, without);
    assert.deepEqual((await run(from, destination, plan)).told, [LACKING, 'replace /older (time)', SIZE]);
    assert.ok((await to.stat(at('lacking'))).modified > LONG_AGO);
    assert.deepEqual((await run(from, destination, plan)).told, []);
  });
}

test('a time that could not be set makes no failure of a copy that is there', async () => {
  const { from, to } = await pairs();
  const refuse = async (): Promise<void> => {
    throw new StorageError('denied', 'No times here');
  };
  const { told, steps, summary } = await run(from, altered(to, { setAttributes: refuse }), { compare: 'missing' });
  assert.deepEqual([told, summary.done, summary.failed], [[LACKING], 1, 0]);
  assert.partialDeepStrictEqual(steps, [{ warning: 'its time could not be set: No times here' }]);
});

test('a destination that has said that it can not set times is not asked again', async () => {
  const from = memoryStorage();
  await plant(from, { a: 'a', b: 'b', c: 'c' });
  let asked = 0;
  const refuse = async (): Promise<void> => {
    asked += 1;
    throw new StorageError('unsupported', 'No such command');
  };
  const { steps, summary } = await run(from, altered(memoryStorage(), { setAttributes: refuse }), { parallel: 1 });
  assert.deepEqual([asked, summary.done, summary.failed], [1, 3, 0]);
  assert.equal(steps.filter((step) => 'warning' in step).length, 1);
});

test('a checksum that can not be had after the copy makes no failure of it', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, { a: 'a' });
  const digest = async (): Promise<Uint8Array> => {
    throw new StorageError('not-found', 'It was taken away');
  };
  const { told, steps, summary } = await run(from, altered(to, { digest }), { verify: true });
  assert.deepEqual([told, summary.failed], [['copy /a (missing)'], 0]);
  assert.partialDeepStrictEqual(steps, [{ warning: 'its checksum could not be compared: It was taken away' }]);
});

test('digests are compared by the best algorithm that both sides have', async () => {
  const { from, to } = await pairs();
  const asked: string[] = [];
  const onlyMd5 = altered(to, {
    async digest(path, algorithm, range) {
      asked.push(algorithm);
      if (algorithm === 'MD5') return (await to.digest?.(path, algorithm, range)) ?? new Uint8Array();
      throw new StorageError('unsupported', 'MD5 alone');
    },
  });
  const { told } = await run(from, onlyMd5, { compare: 'checksum', parallel: 1 });
  assert.deepEqual(told, EXPECTED.checksum);
  assert.deepEqual([...new Set(asked)], ['SHA-256', 'SHA-512', 'SHA-1', 'MD5']);
  assert.equal(asked.length, 7);
});

test('without digests at both ends, a plan that needs them is refused before anything is done', async () => {
  const { from, to } = await pairs();
  const before = await treeOf(to);
  const plans: readonly SyncPlan[] = [{ compare: 'checksum' }, { verify: true }];
  for (const plan of plans) {
    await assert.rejects(run(from, altered(to, { digest: undefined }), plan), { code: 'unsupported' });
  }
  assert.deepEqual(await treeOf(to), before);
});

test('a copy that its digest proves wrong is removed and a failed step', async () => {
  const { from, to } = await pairs();
  const lying = altered(to, {
    digest: async (path) =>
      path === '/lacking' ? new Uint8Array(32) : ((await to.digest?.(path, 'SHA-256')) ?? new Uint8Array()),
  });
  const { told, steps } = await run(from, lying, { verify: true, compare: 'size' });
  assert.deepEqual(told, [`${LACKING} failed`, SIZE]);
  const [failed] = steps.filter(({ outcome }) => outcome === 'failed');
  assert.ok(failed?.outcome === 'failed' && 'code' in failed.error && failed.error.code === 'wrong-checksum');
  await assert.rejects(to.stat(at('lacking')), { code: 'not-found' });
});

test('times that a listing has cut to minutes or days are the same as those that they were cut from', async () => {
  for (const [modifiedPrecision, cut] of [
    ['minute', '2020-02-02T02:02:00Z'],
    ['day', '2020-02-02T00:00:00Z'],
  ] as const) {
    const from = memoryStorage();
    const to = memoryStorage();
    await plant(from, { same: 'abc', other: 'abc' });
    await plant(to, { same: 'abc', other: 'abc' });
    const vague = altered(to, {
      async *list(path) {
        for await (const entries of to.list(path)) {
          yield entries.map((entry) => {
            const modified = new Date(entry.name === 'same' ? cut : '2020-02-04T00:00:00Z');
            return { ...entry, modified, modifiedPrecision };
          });
        }
      },
    });
    assert.deepEqual((await run(from, vague, { dryRun: true })).told, ['replace /other (time)']);
  }
});
