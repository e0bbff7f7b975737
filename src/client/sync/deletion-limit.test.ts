import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Storage, StorageError } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import { IncompleteListing } from '../listing/incomplete-listing.ts';
import { TooManyDeletions } from './deletion-limit.ts';
import { type SyncPlan, type SyncStep, sync } from './index.ts';
import { altered, at, plant, run, type Tree, treeOf, two } from './tree-fixture.test.ts';

function numbered(count: number, prefix = ''): Tree {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));
}

async function held(from: Storage, to: Storage, plan: SyncPlan): Promise<TooManyDeletions> {
  const before = await treeOf(to);
  const error = await run(from, to, plan).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TooManyDeletions, String(error));
  assert.equal(error.code, 'too-many-deletions');
  assert.deepEqual(await treeOf(to), before);
  return error;
}

test('a source that lists nothing of a directory that had many deletes nothing', async () => {
  const { from, to } = await two({ new: '1' }, numbered(100));
  const { deletions, present } = await held(altered(from, { list: async function* () {} }), to, { delete: true });
  assert.deepEqual([deletions, present], [100, 100]);
});

test('more than half of what is there does not go unless that is allowed, and nothing is copied before', async () => {
  const { from, to } = await two({ ...numbered(24), new: '1' }, { ...numbered(24), ...numbered(25, 'old') });
  assert.deepEqual((await held(from, to, { delete: true })).deletions, 25);
  await held(from, to, { delete: true, maxDelete: 24 });
  await held(from, to, { delete: true, maxDelete: '51%' });
  const { summary } = await run(from, to, { delete: true, maxDelete: 25 });
  assert.equal(summary.done, 26);
});

test('half of what is there goes, and twenty of a few', async () => {
  const half = await two(numbered(30), { ...numbered(30), ...numbered(30, 'old') });
  assert.equal((await run(half.from, half.to, { delete: true })).summary.done, 30);
  const few = await two({ a: '1' }, { a: '1', ...numbered(19, 'old/') });
  assert.equal((await run(few.from, few.to, { delete: true })).summary.done, 20);
  const all = await two({ a: '1' }, numbered(21));
  assert.equal((await run(all.from, all.to, { delete: true, maxDelete: '100%' })).summary.done, 22);
});

test('what lies in directories that are to go counts, and what takes no part does not', async () => {
  const { from, to } = await two({}, { ...numbered(21, 'old/deep/'), ...numbered(60, 'cache/') });
  assert.equal((await held(from, to, { delete: true, exclude: ['cache/'] })).present, 23);
  const included = await two(
    {},
    { ...numbered(60), ...Object.fromEntries(Object.keys(numbered(21)).map((name) => [`${name}.xml`, 'x'])) },
  );
  assert.equal((await held(included.from, included.to, { delete: true, include: ['*.xml'] })).present, 21);
});

test('a dry run tells what would be done, and then that it would not', async () => {
  const { from, to } = await two({ new: '1' }, numbered(21));
  const steps: SyncStep[] = [];
  const reading = (async () => {
    for await (const step of sync(from, to, { delete: true, dryRun: true })) steps.push(step);
  })();
  await assert.rejects(reading, { code: 'too-many-deletions' });
  assert.equal(steps.filter(({ action }) => action === 'delete').length, 21);
  assert.equal(steps.at(-1)?.action, 'summary');
});

test('nothing goes that was not to go when the run began, although the source lists less by then', async () => {
  const { from, to } = await two(numbered(40), { ...numbered(40), ...numbered(2, 'old') });
  let listings = 0;
  const fading = altered(from, {
    async *list(path, options) {
      listings += 1;
      if (listings === 1) yield* from.list(path, options);
    },
  });
  const { steps, summary } = await run(fading, to, { delete: true });
  assert.deepEqual([summary.done, summary.failed], [2, 40]);
  const failures = steps.flatMap((step) => (step.outcome === 'failed' ? [step.error] : []));
  assert.ok(failures.every((error) => error instanceof ClientError && error.code === 'changed'));
  assert.deepEqual(await treeOf(to), numbered(40));
});

test('what appears at the destination after the count stays', async () => {
  const { from, to } = await two({ 'home/a': '1' }, {});
  let looks = 0;
  const late = altered(to, {
    async stat(path, signal) {
      looks += 1;
      // The directory is made, by somebody else, between the two looks.
      if (looks === 2) await plant(to, { 'home/': '', 'home/theirs': '1' });
      return to.stat(path, signal);
    },
  });
  const { told } = await run(from, late, { from: at('home'), to: at('home'), delete: true });
  assert.deepEqual(told, ['copy /a (missing)', 'delete /theirs (extraneous) failed']);
  assert.deepEqual(await treeOf(to), { 'home/': '', 'home/a': '1', 'home/theirs': '1' });
});

test('a limit that is none is refused', async () => {
  const { from, to } = await two({}, {});
  for (const maxDelete of [-1, 1.5, Number.NaN, '101%', 'half', '-5%'] as SyncPlan['maxDelete'][]) {
    await assert.rejects(run(from, to, { delete: true, ...(maxDelete !== undefined && { maxDelete }) }), {
      code: 'invalid-argument',
    });
  }
});

test('where the listing of the destination is incomplete, nothing that it may hide is replaced', async () => {
  const { from, to } = await two({ 'd/hidden': 'of the source', 'd/new': '1' }, { 'd/hidden': 'newer', 'd/seen': '1' });
  const cut = altered(to, {
    async *list(path, options) {
      for await (const entries of to.list(path, options)) yield entries.filter(({ name }) => name !== 'hidden');
      if (path !== '/d') return;
      const cause = new IncompleteListing({ path: at('d'), reason: 'cut' });
      throw new StorageError('io', cause.message, { cause });
    },
  });
  const { told } = await run(from, cut, { update: true });
  assert.deepEqual(told, ['copy /d/hidden (missing) failed', 'copy /d/new (missing)', 'skip /d (listing) failed']);
  assert.equal((await treeOf(to))['d/hidden'], 'newer');
});
