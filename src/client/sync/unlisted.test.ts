import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryStorage } from '../../storage/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { plant, run, treeOf } from './tree-fixture.test.ts';

test('files and directories with a line break in their names are failed steps that tell the names', async () => {
  await using source = await temporaryStorage();
  for (const name of ['ok', 'new\nline', 'carriage\rreturn']) await writeFile(join(source.root, name), 'x');
  await mkdir(join(source.root, 'directory\nx'));
  await writeFile(join(source.root, 'directory\nx', 'f'), 'x');
  const to = memoryStorage();
  const { steps, summary } = await run(source.storage, to);
  const failed = steps.filter(({ outcome }) => outcome === 'failed');
  const names = failed.map(({ name = '' }) => name).toSorted();
  assert.deepEqual(names, ['carriage\rreturn', 'directory\nx', 'new\nline']);
  assert.deepEqual([summary.done, summary.failed], [1, 3]);
  assert.deepEqual(await treeOf(to), { ok: 'x' });
});

test('a name with a line break that takes no part is no failure', async () => {
  await using source = await temporaryStorage();
  for (const name of ['ok.txt', 'icon\r']) await writeFile(join(source.root, name), 'x');
  assert.equal((await run(source.storage, memoryStorage(), { exclude: ['icon?'] })).summary.failed, 0);
  assert.equal((await run(source.storage, memoryStorage(), { include: ['*.txt'] })).summary.failed, 0);
});

test('a pipe is left out, which is told, and its namesake is not deleted', async () => {
  await using source = await temporaryStorage();
  execFileSync('mkfifo', [join(source.root, 'pipe')]);
  const to = memoryStorage();
  await plant(to, { pipe: 'a file', old: 'x' });
  const { told, summary } = await run(source.storage, to, { delete: true });
  assert.deepEqual(told, ['delete /old (extraneous)', 'skip /pipe (special) skipped']);
  assert.equal(summary.skipped, 1);
  assert.deepEqual(await treeOf(to), { pipe: 'a file' });
});

test('files that are not whole are neither copied nor deleted, which is told', async () => {
  const upload = 'report.csv.lockport-0123456789ab.tmp';
  const download = 'movie.lockport-part';
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, { a: '1', [download]: 'half', [`${download}.json`]: '{}', 'b.lockport-short.tmp': '2' });
  await plant(to, { [upload]: 'half', [`old/${upload}`]: 'half', 'old/gone': 'x', [`out/${upload}`]: 'half' });
  const { told } = await run(from, to, { delete: true, exclude: ['out/'] });
  assert.deepEqual(told, [
    'copy /a (missing)',
    'copy /b.lockport-short.tmp (missing)',
    'delete /old/gone (extraneous)',
    `skip /${download} (temporary) skipped`,
    `skip /${download}.json (temporary) skipped`,
    `skip /old/${upload} (temporary) skipped`,
    `skip /${upload} (temporary) skipped`,
  ]);
  assert.deepEqual(await treeOf(to), {
    a: '1',
    'b.lockport-short.tmp': '2',
    'old/': '',
    [`old/${upload}`]: 'half',
    'out/': '',
    [`out/${upload}`]: 'half',
    [upload]: 'half',
  });
});

test('what belongs to an upload of ours is no entry that would be left out', async () => {
  await using source = await temporaryStorage();
  await writeFile(join(source.root, '.lockport-0123.tmp'), 'x');
  assert.deepEqual((await run(source.storage, memoryStorage())).told, []);
});
