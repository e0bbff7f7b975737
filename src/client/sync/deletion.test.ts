import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT, type Storage, StorageError } from '../../core/index.ts';
import { altered, at, run, treeOf, two } from './tree-fixture.test.ts';

/** Listing `path` fails after its first entries. */
function failingList(storage: Storage, path: string): Storage {
  return altered(storage, {
    async *list(directory, options) {
      for await (const entries of storage.list(directory, options)) {
        if (directory !== path) yield entries;
        else {
          yield entries.slice(0, 1);
          throw new StorageError('io', 'The listing broke off');
        }
      }
    },
  });
}

test('a directory goes after what is in it', async () => {
  const { from, to } = await two({ keep: '1' }, { keep: '1', 'old/a/b': '2', 'old/c': '3' });
  const { steps } = await run(from, to, { delete: true });
  assert.deepEqual(
    steps.map(({ action, path }) => `${action} ${path}`),
    ['delete /old/a/b', 'delete-directory /old/a', 'delete /old/c', 'delete-directory /old'],
  );
  assert.deepEqual(await treeOf(to), { keep: '1' });
});

test('without delete nothing goes', async () => {
  const { from, to } = await two({}, { 'old/a': '2', b: '3' });
  assert.deepEqual((await run(from, to)).told, []);
  assert.deepEqual(await treeOf(to), { b: '3', 'old/': '', 'old/a': '2' });
});

test('where a listing of the source breaks off nothing is deleted, while other directories go on', async () => {
  const { from, to } = await two(
    { 'broken/a': '1', 'broken/b': '1', 'well/a': '1' },
    { 'broken/a': '1', 'broken/b': '1', 'broken/c/d': '1', 'well/a': '1', 'well/z': '1' },
  );
  const { told } = await run(failingList(from, '/broken'), to, { delete: true });
  assert.deepEqual(told, ['delete /well/z (extraneous)', 'skip /broken (listing) failed']);
  assert.deepEqual(await treeOf(to, at('broken')), { a: '1', b: '1', 'c/': '', 'c/d': '1' });
});

test('where the source itself cannot be listed, the run ends and nothing is deleted', async () => {
  const { from, to } = await two({ a: '1', b: '1' }, { z: '1' });
  await assert.rejects(run(failingList(from, '/'), to, { delete: true }), { code: 'io' });
  assert.deepEqual(await treeOf(to), { z: '1' });
});

test('a source that is not there, or is no directory, ends the run and nothing is deleted', async () => {
  const { from, to } = await two({ file: '1' }, { z: '1' });
  await assert.rejects(run(from, to, { delete: true, from: at('gone') }), { code: 'not-found' });
  await assert.rejects(run(from, to, { delete: true, from: at('file') }), { code: 'not-directory' });
  assert.deepEqual(await treeOf(to), { z: '1' });
});

test('a directory of the destination whose listing breaks off stays, with a failed step', async () => {
  const { from, to } = await two({}, { 'old/a': '1', 'old/b': '1' });
  const { told } = await run(from, failingList(to, '/old'), { delete: true });
  assert.deepEqual(told, ['skip /old (listing) failed']);
  assert.deepEqual(await treeOf(to, at('old')), { a: '1', b: '1' });
});

test('what takes no part is not deleted, nor the directories that it is in', async () => {
  const { from, to } = await two({}, { 'old/keep.txt': '1', 'old/b': '1', 'cache/x': '1', 'gone/y': '1' });
  await run(from, to, { delete: true, exclude: ['*.txt', 'cache/'] });
  assert.deepEqual(await treeOf(to), { 'cache/': '', 'cache/x': '1', 'old/': '', 'old/keep.txt': '1' });
});

test('with patterns to include, only what matches one is deleted, and only that is copied', async () => {
  const { from, to } = await two(
    { 'a/new.txt': '1', 'a/new.bin': '1', 'empty/x.bin': '1' },
    { 'a/old.txt': '1', 'a/old.bin': '1', 'b/old.txt': '1' },
  );
  await run(from, to, { delete: true, include: ['*.txt'] });
  assert.deepEqual(await treeOf(to), { 'a/': '', 'a/new.txt': '1', 'a/old.bin': '1', 'b/': '' });
});

test('something of another kind in the way is a failed step, or with delete is replaced', async () => {
  const source = { a: 'file', 'b/c': 'inside' };
  const destination = { 'a/x/y': 'old', b: 'old' };
  const { from, to } = await two(source, destination);
  assert.deepEqual((await run(from, to)).told, ['skip /a (kind) failed', 'skip /b (kind) failed']);
  assert.deepEqual(await treeOf(to), { 'a/': '', 'a/x/': '', 'a/x/y': 'old', b: 'old' });
  await run(from, to, { delete: true });
  assert.deepEqual(await treeOf(to), { a: 'file', 'b/': '', 'b/c': 'inside' });
});

test('what takes no part is not removed to make way', async () => {
  const { from, to } = await two({ a: 'file' }, { 'a/secret': 'kept', 'a/other': 'x' });
  const { told } = await run(from, to, { delete: true, exclude: ['secret'] });
  assert.deepEqual(told, ['delete /a/other (kind)', 'skip /a (kind) failed']);
  assert.deepEqual(await treeOf(to), { 'a/': '', 'a/secret': 'kept' });
});

test('what a deletion leaves because of its depth is told', async () => {
  const { from, to } = await two({}, { 'a/b/c/d': '1' });
  const { told } = await run(from, to, { delete: true, maxDepth: 2 });
  assert.deepEqual(told, ['skip /a/b/c (depth) failed']);
  assert.deepEqual((await treeOf(to))['a/b/c/d'], '1');
});

test('nothing outside the directory of the destination is touched, links in it included', async () => {
  const { from, to } = await two(
    { 'd/file': 'new', link: 'a file' },
    { 'outside/file': 'kept', 'in/d': '-> ../outside', 'in/link': '-> ../outside/file', 'in/old': '-> ../outside' },
  );
  const failed = await run(from, to, { to: at('in') });
  assert.deepEqual(failed.told, ['skip /d (kind) failed', 'skip /link (kind) failed']);
  await run(from, to, { to: at('in'), delete: true });
  assert.deepEqual(await treeOf(to), {
    'in/': '',
    'in/d/': '',
    'in/d/file': 'new',
    'in/link': 'a file',
    'outside/': '',
    'outside/file': 'kept',
  });
});

test('storages that can not confine are asked only for paths in the directories of the plan', async () => {
  const { from, to } = await two({ 'a/b/c': 'new', 'x/y': '1' }, { 'in/b/old': '1', 'b/old': 'kept', c: 'kept' });
  await run(altered(from, {}), altered(to, {}), { from: at('a'), to: at('in'), delete: true });
  assert.deepEqual(await treeOf(to), { 'b/': '', 'b/old': 'kept', c: 'kept', 'in/': '', 'in/b/': '', 'in/b/c': 'new' });
});

test('a link put in place of a directory meanwhile leads nothing out', async () => {
  const { from, to } = await two({ 'd/file': 'new' }, { 'outside/': '', 'in/d/': '' });
  const swapping = altered(from, {
    async *list(path, options) {
      yield* from.list(path, options);
      if (path !== '/d') return;
      await to.removeDirectory(at('in/d'));
      await to.makeLink?.(at('in/d'), '../outside');
    },
  });
  // The trees are not walked before: this happens while they are.
  const { steps } = await run(swapping, to, { to: at('in'), delete: true, maxDelete: '100%' });
  assert.ok(steps.every(({ outcome }) => outcome === 'failed'));
  assert.deepEqual(await treeOf(to, at('outside')), {});
});

test('the directory of the destination is made with those above it, and only when it is needed', async () => {
  const { from, to } = await two({ 'a/b': '1' }, {});
  assert.deepEqual((await run(from, to, { to: at('x/y'), include: ['nothing'] })).told, []);
  assert.deepEqual(await treeOf(to), {});
  const { told } = await run(from, to, { to: at('x/y'), from: at('a') });
  assert.deepEqual(told, ['copy /b (missing)', 'make-directory / (missing)']);
  assert.deepEqual(await treeOf(to, ROOT), { 'x/': '', 'x/y/': '', 'x/y/b': '1' });
});

test('two directories of one storage may be synchronised, unless one lies in the other', async () => {
  const { from } = await two({ 'a/b': '1' }, {});
  await assert.rejects(run(from, from, { to: at('a') }), { code: 'invalid-argument' });
  await assert.rejects(run(from, from, { from: at('a'), to: at('a') }), { code: 'invalid-argument' });
  await run(from, from, { from: at('a'), to: at('c') });
  assert.equal((await treeOf(from))['c/b'], '1');
});
