import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { makeDirectory } from './data-directory.ts';

test('a directory that cannot be made is named with the reason and what to do', async (t) => {
  const place = await mkdtemp(path.join(tmpdir(), 'lockport-data-directory-'));
  t.after(() => rm(place, { recursive: true }));
  const inTheWay = path.join(place, 'file');
  await writeFile(inTheWay, '');
  const directory = path.join(inTheWay, 'data');
  assert.throws(() => makeDirectory(directory, 0o700), {
    name: 'StartError',
    message: `Can't make the directory ${directory} (ENOTDIR): make it for the server's user, or choose another one`,
  });
});
