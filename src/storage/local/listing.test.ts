import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { withRights } from '../account/with-rights.ts';
import { openRoot } from './directory.ts';
import { entriesIn } from './listing.ts';

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

test('a name that no path can hold does not stop the listing of those beside it', async () => {
  await using temporary = await temporaryStorage();
  for (const name of ['before', 'line\nbreak', 'carriage\rreturn', 'behind'])
    await writeFile(join(temporary.root, name), '');
  const view = withRights(temporary.storage, [{ path: ROOT, rights: ['list', 'download'] }]);
  const entries = await Array.fromAsync(view.list(ROOT));
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
