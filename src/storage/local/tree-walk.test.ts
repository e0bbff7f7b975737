import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ROOT, resolvePath, type VirtualPath } from '../../core/index.ts';
import { type LocalStorage, localStorage } from './local-storage.ts';

let root: string;
let storage: LocalStorage;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lockport-'));
  storage = await localStorage({ root });
});

afterEach(async () => {
  await storage[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

const at = (path: string): VirtualPath => resolvePath(ROOT, path);
const isWindows = process.platform === 'win32';

test('what a rename took deeper than a path reaches still counts', {
  skip: isWindows && 'paths are shorter',
}, async () => {
  const name = 'd'.repeat(200);
  const top = at(`/${name}`);
  let deep = '';
  for (let depth = 0; depth < 19; depth += 1) {
    deep = `${deep}/${name}`;
    await storage.makeDirectory(at(deep));
  }
  const upload = await storage.write(at(`${deep}/file`));
  await new Promise<void>((resolve) => {
    upload.sink.end('12345', resolve);
  });
  await upload.commit();
  let target = '';
  for (let depth = 0; depth < 2; depth += 1) {
    target = `${target}/${'t'.repeat(250)}`;
    await storage.makeDirectory(at(target));
  }
  await storage.rename(top, at(`${target}/moved`));
  assert.deepEqual(await storage.usage(ROOT), { bytes: 5, files: 1 });
});

test('a directory whose name no path can hold counts, and hides none of its neighbours from a sweep', {
  skip: isWindows && 'no such names',
}, async () => {
  for (const name of ['a\rb', 'c\nd', 'plain']) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'file'), '123');
    writeFileSync(join(root, name, '.lockport-0123.tmp'), 'left over');
  }
  assert.deepEqual(await storage.usage(ROOT), { bytes: 9, files: 3 });
  const later = await localStorage({ root });
  const swept = await later.sweep({ partialKeepMs: 60_000 });
  await later[Symbol.asyncDispose]();
  assert.deepEqual(swept, { temporaries: 3, partials: 0, givenBack: 0 });
});
