import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Storage } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { temporaryStorage } from '../../testing/index.ts';
import { altered, at, plant, run, treeOf } from './tree-fixture.test.ts';

const TREE = {
  'in/file': '1',
  'in/to-file': '-> file',
  'in/d/x': '2',
  'in/to-directory': '-> d',
  'in/out': '-> ../outside',
  'in/dangling': '-> nowhere',
  outside: 'secret',
};

const FROM = { from: at('in') };

async function source(): Promise<Storage> {
  const from = memoryStorage();
  await plant(from, TREE);
  return from;
}

const LINKS = ['/dangling', '/out', '/to-directory', '/to-file'];

test('links are skipped and told of, and what has their name at the destination stays', async () => {
  const to = memoryStorage();
  await plant(to, { 'to-file': 'mine' });
  const { steps } = await run(await source(), to, { ...FROM, delete: true });
  const skipped = steps.filter(({ outcome }) => outcome === 'skipped').map(({ path }) => path);
  assert.deepEqual(skipped, LINKS);
  assert.deepEqual(await treeOf(to), { 'd/': '', 'd/x': '2', file: '1', 'to-file': 'mine' });
});

test('links that are followed give what they lead to, and never what lies outside the source directory', async () => {
  const to = memoryStorage();
  const { told } = await run(await source(), to, { ...FROM, links: 'follow' });
  assert.deepEqual(
    told.filter((step) => step.includes('failed')),
    ['skip /dangling (link) failed', 'skip /out (link) failed'],
  );
  const copied = { 'd/': '', 'd/x': '2', file: '1', 'to-directory/': '', 'to-directory/x': '2', 'to-file': '1' };
  assert.deepEqual(await treeOf(to), copied);
  const again = await run(await source(), to, { ...FROM, links: 'follow', exclude: ['out', 'dangling'] });
  assert.deepEqual(again.told, []);
});

test('a link that leads back up is a failed step, where the source tells entries apart; else the depth ends it', async () => {
  const from = memoryStorage();
  await plant(from, { 'a/b/up': '-> ../..', 'a/self': '-> .' });
  const { told } = await run(from, memoryStorage(), { links: 'follow' });
  assert.deepEqual(
    told.filter((step) => step.includes('failed')),
    ['skip /a/b/up (link) failed', 'skip /a/self (link) failed'],
  );
  const blind = altered(from, {
    stat: async (path) => ({ ...(await from.stat(path)), unique: '' }),
    async *list(path) {
      for await (const entries of from.list(path)) yield entries.map((entry) => ({ ...entry, unique: '' }));
    },
  });
  const nameless = altered(blind, {
    async stat(path) {
      const { unique: _, ...entry } = await blind.stat(path);
      return entry;
    },
  });
  const { summary, steps } = await run(nameless, memoryStorage(), { links: 'follow', maxDepth: 6 });
  assert.ok(summary.failed > 0);
  assert.ok(steps.every((step) => step.outcome === 'done' || step.reason === 'depth'));
});

test('links are copied as text, changed where they differ, and left where they agree', async () => {
  await using temporary = await temporaryStorage();
  const to = temporary.storage;
  const plan = { ...FROM, links: 'copy', delete: true, to: at('copy') } as const;
  const from = await source();
  await plant(to, { 'copy/to-file': '-> elsewhere' });
  const { told } = await run(from, to, plan);
  assert.deepEqual(
    told.filter((step) => step.startsWith('link')),
    [
      'link /dangling (missing)',
      'link /out (missing) failed',
      'link /to-directory (missing)',
      'link /to-file (target)',
    ],
  );
  const { out: _, ...inside } = await treeOf(from, at('in'));
  assert.deepEqual(await treeOf(to, at('copy')), inside);
  assert.deepEqual((await run(from, to, { ...plan, exclude: ['out'] })).told, []);
});

test('an absolute link is the same as the relative one that a storage makes of it', async () => {
  const from = memoryStorage();
  await plant(from, { 'a/b/file': '1' });
  const absolute = altered(from, {
    async *list(path) {
      yield* from.list(path);
      if (path === '/a') {
        yield [{ name: 'link', kind: 'link', size: 0, modified: new Date(), target: '/a/b/file' } as const];
      }
    },
  });
  const to = memoryStorage();
  assert.ok((await run(absolute, to, { links: 'copy' })).told.includes('link /a/link (missing)'));
  assert.equal((await treeOf(to))['a/link'], '-> ../a/b/file');
  assert.deepEqual((await run(absolute, to, { links: 'copy' })).told, []);
});

test('where the destination can make no links they are skipped, and nothing makes way for them', async () => {
  const to = memoryStorage();
  await plant(to, { 'to-file': 'mine' });
  const linkless = altered(to, { makeLink: undefined });
  const { steps } = await run(await source(), linkless, { ...FROM, links: 'copy', delete: true });
  assert.deepEqual(
    steps.filter(({ outcome }) => outcome === 'skipped').map(({ path }) => path),
    LINKS,
  );
  assert.equal((await treeOf(to))['to-file'], 'mine');
});
