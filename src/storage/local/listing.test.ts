import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { Dirent } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../../core/index.ts';
import { withRights } from '../../files/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { entriesIn, entryNamesIn } from './listing.ts';
import { openRoot } from './walk.ts';

/** More than one call to the system brings. */
const FILES = 1100;
let root: string;
let names: string[];

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'lockport-listing-'));
  names = Array.from({ length: FILES }, (_, index) => `file-${index}`);
  await Promise.all(names.map((name, index) => writeFile(join(root, name), 'x'.repeat(index % 7))));
  await symlink('file-1', join(root, 'link'));
  names = [...names, 'link'].sort();
});

after(() => rm(root, { recursive: true }));

async function listed() {
  await using directory = await openRoot(root);
  return (await Array.fromAsync(entriesIn(directory))).flat();
}

for (const [medium, stepMs] of [
  ['from memory', 0],
  ['slowly', 1000],
] as const) {
  test(`every entry is listed once by a medium that answers ${medium}`, async ({ mock }) => {
    let now = 0;
    mock.method(performance, 'now', () => {
      now += stepMs;
      return now;
    });
    const entries = await listed();
    assert.deepEqual(entries.map(({ name }) => name).sort(), names);
    const link = entries.find(({ name }) => name === 'link');
    assert.deepEqual([link?.kind, link?.target], ['link', 'file-1']);
    assert.equal(entries.find(({ name }) => name === 'file-13')?.size, 6);
  });
}

test('names alone are those of the entries: no FIFO, and names of any bytes', async () => {
  await using temporary = await temporaryStorage();
  const location = Buffer.from(`${temporary.root}/`);
  for (const name of [Buffer.from([0x61, 0xff, 0xfc]), Buffer.from('ü'), Buffer.from('plain')])
    await writeFile(Buffer.concat([location, name]), '');
  await symlink('nowhere', join(temporary.root, 'link'));
  execFileSync('mkfifo', [join(temporary.root, 'fifo')]);
  await using directory = await openRoot(temporary.root);
  const names = (await Array.fromAsync(entryNamesIn(directory))).flat().sort();
  assert.deepEqual(names, ['a\udcff\udcfc', 'link', 'plain', 'ü'].sort());
  const entries = (await Array.fromAsync(entriesIn(directory))).flat();
  assert.deepEqual(entries.map(({ name }) => name).sort(), names);
});

test('where the file system tells no kinds, each entry is looked at for its name', async ({ mock }) => {
  await using temporary = await temporaryStorage();
  await writeFile(join(temporary.root, 'file'), '');
  execFileSync('mkfifo', [join(temporary.root, 'fifo')]);
  for (const kind of ['isFile', 'isFIFO'] as const) mock.method(Dirent.prototype, kind, () => false);
  await using directory = await openRoot(temporary.root);
  assert.deepEqual((await Array.fromAsync(entryNamesIn(directory))).flat(), ['file']);
});

test('a name that no path can hold does not stop the listing of those beside it', async () => {
  await using temporary = await temporaryStorage();
  for (const name of ['before', 'line\nbreak', 'carriage\rreturn', 'behind'])
    await writeFile(join(temporary.root, name), '');
  const view = withRights(temporary.storage, [{ path: ROOT, rights: ['list', 'download'] }]);
  const entries = (await Array.fromAsync(view.list(ROOT))).flat();
  const named = (await Array.fromAsync(view.list(ROOT, { namesOnly: true }))).flat();
  assert.deepEqual(named.map(({ name }) => name).sort(), ['before', 'behind']);
  assert.deepEqual(entries.map(({ name }) => name).sort(), ['before', 'behind']);
});

test('a listing ends when it is given up', async () => {
  await using directory = await openRoot(root);
  const abort = new AbortController();
  const reading = (async () => {
    for await (const _ of entriesIn(directory, abort.signal)) abort.abort();
  })();
  await assert.rejects(reading, { code: 'aborted' });
});
