import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { type Entry, ROOT, type Storage } from '../../core/index.ts';
import { localStorage, memoryStorage } from '../../storage/index.ts';
import { altered, at, LONG_AGO, plant, run, treeOf } from './tree-fixture.test.ts';

const file = (name: string): Entry => ({ name, kind: 'file', size: 4, modified: LONG_AGO });

/** A server that lists what it likes and gives four bytes for any name. */
function hostile(list: (path: string) => Iterable<Entry>): Storage {
  return altered(memoryStorage(), {
    async *list(path) {
      for (const entry of list(path)) yield [entry];
    },
    read: async () => Readable.from([Buffer.from('evil')], { objectMode: false }),
  });
}

const NAMES = ['..', '.', '', '../up', '/etc/passwd', 'a/b', 'a\0b', 'a\r\nDELE x', 'x'.repeat(256), '/', '..//'];

test('names that are none are failed steps, and nothing is written outside or under another name', async () => {
  const above = await mkdtemp(join(tmpdir(), 'lockport-sync-'));
  const root = join(above, 'root');
  await mkdir(root);
  await using storage = await localStorage({ root });
  await plant(storage, { 'in/old': 'x', outside: 'kept' });
  const from = hostile((path) => (path === '/' ? [...NAMES.map(file), file('good')] : []));
  const { steps, told } = await run(from, storage, { to: at('in'), delete: true });
  const names = steps.flatMap((step) => (step.outcome === 'failed' ? [step.name] : []));
  assert.deepEqual(names, NAMES);
  assert.deepEqual(told.slice(0, 2), ['copy /good (missing)', 'delete /old (extraneous)']);
  assert.deepEqual(await treeOf(storage), { 'in/': '', 'in/good': 'evil', outside: 'kept' });
  assert.deepEqual(await readdir(above), ['root']);
  await rm(above, { recursive: true });
});

test('a name that is listed twice is copied once, and the second is a failed step', async () => {
  const to = memoryStorage();
  const from = hostile((path) => (path === '/' ? [file('a'), { ...file('a'), kind: 'directory' }] : []));
  assert.deepEqual((await run(from, to)).told, ['copy /a (missing)', 'skip / (name) failed']);
  assert.deepEqual(await treeOf(to), { a: 'evil' });
});

test('a link and a directory of its name can not be used to write through the link', async () => {
  const to = memoryStorage();
  await plant(to, { 'in/': '', 'outside/': '' });
  const link: Entry = { name: 'd', kind: 'link', size: 0, modified: LONG_AGO, target: '../outside' };
  const directory: Entry = { ...link, kind: 'directory' };
  const links = hostile((path) => (path === '/' ? [link] : []));
  const directories = hostile((path) => (path === '/' ? [directory] : [file('x')]));
  const plan = { to: at('in'), links: 'copy' } as const;
  for (const from of [links, directories, hostile((path) => (path === '/' ? [link, directory] : [file('x')]))]) {
    await run(from, to, plan);
  }
  assert.deepEqual(await treeOf(to, at('outside')), {});
});

test('directories without end are walked to the depth of the plan', async () => {
  const from = hostile(() => [{ ...file('d'), kind: 'directory' }]);
  const { summary, steps } = await run(from, memoryStorage(), { maxDepth: 5 });
  assert.deepEqual([summary.done, summary.failed], [5, 1]);
  assert.deepEqual(
    steps.filter(({ outcome }) => outcome === 'failed').map(({ reason }) => reason),
    ['depth'],
  );
});

test('a listing without end is given up', async () => {
  const from = hostile(function* () {
    for (let index = 0; ; index += 1) yield file(`f${index}`);
  });
  await assert.rejects(run(from, memoryStorage(), { maxDirectoryEntries: 1000 }), { code: 'limit' });
  await assert.rejects(run(from, memoryStorage(), { maxEntries: 1000 }), { code: 'limit' });
});

test('a file without end is given up at the size that was listed', async () => {
  const to = memoryStorage();
  const from = altered(
    hostile((path) => (path === '/' ? [file('a')] : [])),
    {
      read: async () =>
        Readable.from(
          (function* () {
            for (;;) yield Buffer.from('endless');
          })(),
          { objectMode: false },
        ),
    },
  );
  assert.deepEqual((await run(from, to)).told, ['copy /a (missing) failed']);
  assert.deepEqual(await treeOf(to), {});
});

test('sizes and times that make no sense fail the file at the most', async () => {
  const to = memoryStorage();
  const odd: Entry[] = [
    { ...file('negative'), size: -1 },
    { ...file('nothing'), size: Number.NaN },
    { ...file('never'), modified: new Date(Number.NaN) },
    { ...file('huge'), size: Number.MAX_SAFE_INTEGER },
  ];
  const { steps } = await run(
    hostile((path) => (path === ROOT ? odd : [])),
    to,
  );
  assert.deepEqual(
    steps
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ path }) => path)
      .toSorted(),
    ['/huge', '/negative', '/nothing'],
  );
  assert.deepEqual(await treeOf(to), { never: 'evil' });
});
