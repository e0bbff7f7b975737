import assert from 'node:assert/strict';
import { link, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import { type TemporaryStorage, temporaryStorage } from '../../testing/temporary-storage.ts';
import { claimOf, isTemporary } from './names.ts';

const PATH = resolvePath(ROOT, 'file');
const ENDED = 'a0a0a0a0a0a0';

async function interrupt({ storage }: TemporaryStorage, content: string): Promise<void> {
  const upload = await storage.write(PATH);
  upload.sink.write(content);
  await upload.suspend();
}

/** Goes on with the interrupted upload, as a process of another mark that ends in the middle. Gives the name of what it left. */
async function dieResuming(temporary: TemporaryStorage, more: string, at: number | 'end' = 'end'): Promise<string> {
  const { root, storage } = temporary;
  const upload = await storage.write(PATH, { at });
  await new Promise((resolve) => upload.sink.write(more, resolve));
  await new Promise<void>((resolve) => upload.sink.end(resolve));
  const name = (await readdir(root)).find((each) => isTemporary(each) && each.includes(storage.processMark)) ?? '';
  const left = name.replace(storage.processMark, ENDED);
  await rename(join(root, name), join(root, left));
  await upload.discard();
  return left;
}

const sweep = ({ storage }: TemporaryStorage) => storage.sweep({ partialKeepMs: Infinity, endedProcess: ENDED });

test('an interrupted upload is given back as it was kept when the process that went on with it ended', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await interrupt(temporary, 'half');
  await dieResuming(temporary, ' that nobody was told of');
  assert.equal(await storage.partial(PATH), undefined);
  assert.deepEqual(await sweep(temporary), { temporaries: 0, partials: 0, givenBack: 1 });
  const [name = '', ...others] = await readdir(root);
  assert.deepEqual([await readFile(join(root, name), 'utf8'), others], ['half', []]);
  assert.equal((await storage.partial(PATH))?.size, 4);
});

test('of one that was gone on with before its end, what lies before that is given back, and no mixture', async () => {
  await using temporary = await temporaryStorage();
  const { root } = temporary;
  await interrupt(temporary, 'first half');
  await dieResuming(temporary, 'XY', 6);
  assert.deepEqual(await sweep(temporary), { temporaries: 0, partials: 0, givenBack: 1 });
  const [name = '', ...others] = await readdir(root);
  assert.deepEqual([await readFile(join(root, name), 'utf8'), others], ['first ', []]);
});

test('an upload that was interrupted later stays, and the earlier one goes', async () => {
  await using temporary = await temporaryStorage();
  await interrupt(temporary, 'earlier');
  await dieResuming(temporary, 'more');
  await interrupt(temporary, 'later one');
  assert.deepEqual(await sweep(temporary), { temporaries: 1, partials: 0, givenBack: 0 });
  assert.equal((await temporary.storage.partial(PATH))?.size, 9);
  assert.equal((await readdir(temporary.root)).length, 1);
});

test('of two that ended one after the other the later one is given back', async () => {
  await using temporary = await temporaryStorage();
  for (const [second, content] of ['earlier', 'later one', 'the latest of all', 'early'].entries()) {
    await interrupt(temporary, content);
    const left = await dieResuming(temporary, 'more');
    await utimes(join(temporary.root, left), second % 3, second % 3);
  }
  assert.deepEqual(await sweep(temporary), { temporaries: 3, partials: 0, givenBack: 1 });
  assert.equal((await temporary.storage.partial(PATH))?.size, 17);
});

test('where the file was published meanwhile nothing comes back, even once that is gone', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await interrupt(temporary, 'half');
  await dieResuming(temporary, 'more');
  await (await storage.write(PATH)).commit();
  assert.deepEqual(await sweep(temporary), { temporaries: 1, partials: 0, givenBack: 0 });
  assert.deepEqual(await readdir(root), ['file']);
  await storage.remove(PATH);
  assert.equal(await storage.partial(PATH), undefined);
});

test('a sweep that ended between its two steps is gone on with, and does not touch what goes on since', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await interrupt(temporary, 'half');
  const left = await dieResuming(temporary, '');
  const partial = claimOf(left)?.partial ?? '';
  await link(join(root, left), join(root, partial));
  const upload = await storage.write(PATH, { at: 'end' });
  await new Promise<void>((resolve) => upload.sink.end(' and the rest', resolve));
  assert.deepEqual(await sweep(temporary), { temporaries: 1, partials: 0, givenBack: 0 });
  await upload.commit();
  assert.equal(await readFile(join(root, 'file'), 'utf8'), 'half and the rest');
  assert.deepEqual(await readdir(root), ['file']);
});

test('what is no file of ours under such a name is removed, and nothing that it leads to is changed', async () => {
  await using temporary = await temporaryStorage();
  const { root } = temporary;
  await interrupt(temporary, 'half');
  const left = await dieResuming(temporary, 'more');
  await writeFile(join(root, 'other'), 'longer than what was kept');
  await rm(join(root, left));
  await symlink('other', join(root, left));
  assert.deepEqual(await sweep(temporary), { temporaries: 1, partials: 0, givenBack: 0 });
  assert.equal(await readFile(join(root, 'other'), 'utf8'), 'longer than what was kept');
  assert.deepEqual(await readdir(root), ['other']);
});
