import assert from 'node:assert/strict';
import { symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryStorage } from '../../storage/index.ts';
import { temporaryStorage } from '../../testing/index.ts';
import { at, plant, run, treeOf } from './tree-fixture.test.ts';

const ODD = [
  ' ',
  '-rf',
  '*',
  '[a]',
  'a\\b',
  '~',
  '$HOME',
  'ä',
  'a\u0308',
  '\udcff\udc80',
  '😀',
  'new\u2028line',
  '...',
  '%00',
  'x'.repeat(255),
];

test('a tree with odd names goes from disk to disk and back, with its times', async () => {
  await using one = await temporaryStorage({ durability: 'fast' });
  await using two = await temporaryStorage({ durability: 'fast' });
  await plant(
    one.storage,
    Object.fromEntries(
      ODD.flatMap((name) => [
        [name, name],
        [`d${name.slice(0, 200)}/${name}`, ''],
      ]),
    ),
  );
  const { summary } = await run(one.storage, two.storage, { verify: true });
  assert.equal(summary.failed, 0);
  assert.deepEqual(await treeOf(two.storage), await treeOf(one.storage));
  assert.deepEqual((await run(one.storage, two.storage, { delete: true })).told, []);
  assert.deepEqual((await run(two.storage, one.storage, { delete: true, timeToleranceMs: 0 })).told, []);
});

test('a directory of ten thousand files is copied, and then found unchanged', async () => {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`d/${index}`, `${index}`])));
  const first = await run(from, to, { parallel: 8 });
  assert.deepEqual([first.summary.done, first.summary.failed], [10_001, 0]);
  const second = await run(from, to, { delete: true });
  assert.deepEqual([second.steps.length, second.summary.unchanged], [0, 10_000]);
});

test('a link on disk that leads out of the source directory is not followed, however it is written', async () => {
  await using source = await temporaryStorage();
  await using outside = await temporaryStorage();
  await writeFile(join(outside.root, 'secret'), 'secret');
  await symlink(join(outside.root, 'secret'), join(source.root, 'absolute'));
  await symlink(`../${outside.root.split('/').at(-1)}`, join(source.root, 'relative'));
  const to = memoryStorage();
  const { summary } = await run(source.storage, to, { links: 'follow' });
  assert.equal(summary.failed, 2);
  assert.deepEqual(await treeOf(to), {});
});

test('an interrupted upload on disk is gone on with, or begun anew where the source is younger', async () => {
  await using source = await temporaryStorage();
  await using destination = await temporaryStorage();
  const kept = async (content: string): Promise<void> => {
    const upload = await destination.storage.write(at('file'));
    upload.sink.write(Buffer.from(content));
    await upload.suspend();
  };
  await plant(source.storage, { file: '0123456789' });
  await kept('0123');
  assert.deepEqual((await run(source.storage, destination.storage)).told, ['resume /file (interrupted)']);
  await destination.storage.remove(at('file'));
  await kept('xxxx');
  const later = Date.now() / 1000 + 10;
  await utimes(join(source.root, 'file'), later, later);
  assert.deepEqual((await run(source.storage, destination.storage)).told, ['copy /file (missing)']);
  assert.deepEqual(await treeOf(destination.storage), { file: '0123456789' });
});
