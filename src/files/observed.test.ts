import assert from 'node:assert/strict';
import { link, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { type FileChange, type Files, ROOT, resolvePath, type Storage, StorageError } from '../core/index.ts';
import { account } from '../identity/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { temporaryStorage } from '../testing/temporary-storage.ts';
import { accountFiles } from './account-files.ts';
import { below } from './confined.ts';
import { observed } from './observed.ts';
import { QuotaCounters } from './quota-counters.ts';

const at = (path: string) => resolvePath(ROOT, path);

let files: Files;
let changes: FileChange[];

beforeEach(() => {
  const storage = memoryStorage();
  changes = [];
  files = accountFiles({
    mounts: [{ at: ROOT, storage }],
    account: account('someone'),
    counters: new QuotaCounters(storage),
    onChange: (change) => changes.push(change),
  });
});

async function begin(path: string, content: string, at_?: 'end') {
  const upload = await files.write(at(path), at_ && { at: at_ });
  upload.sink.write(content);
  return upload;
}

async function put(path: string, content: string) {
  return (await begin(path, content)).commit();
}

/** What was told since it was asked last. */
function told() {
  const now = changes.map(({ change, path, to, entry, replaced }) => [
    `${change} ${path}${to ? ` ${to}` : ''}`,
    ...(entry ? [`${entry.kind} ${entry.size}`] : []),
    ...(replaced ? [`for ${replaced.kind} ${replaced.size}`] : []),
  ]);
  changes = [];
  return now;
}

test('each change is told once, when it was made, with what stands there and what it replaced', async () => {
  const upload = await begin('/file', 'new');
  assert.deepEqual(told(), []);
  await upload.commit();
  assert.deepEqual(told(), [['stored /file', 'file 3']]);
  await put('/file', 'newer');
  assert.deepEqual(told(), [['stored /file', 'file 5', 'for file 3']]);
  await (await begin('/file', '!', 'end')).commit();
  assert.deepEqual(told(), [['stored /file', 'file 6', 'for file 5']]);
  const file = await files.openWrite(at('/file'));
  await file.write(Buffer.from('??'), 5);
  assert.deepEqual(told(), []);
  await file.commit();
  assert.deepEqual(told(), [['stored /file', 'file 7', 'for file 6']]);
  await (await files.openRead(at('/file'))).close();
  await files.copy(at('/file'), at('/copy'));
  assert.deepEqual(told(), [['copied /file /copy', 'file 7']]);
  await put('/file', 'newest');
  told();
  await files.copy(at('/file'), at('/copy'));
  assert.deepEqual(told(), [['copied /file /copy', 'file 6', 'for file 7']]);
  await files.makeDirectory(at('/directory'));
  assert.deepEqual(told(), [['directory-made /directory']]);
  await put('/other', 'x');
  told();
  await files.rename(at('/file'), at('/other'));
  assert.deepEqual(told(), [['renamed /file /other', 'file 6', 'for file 1']]);
  await files.setAttributes(at('/other'), { modified: new Date(0), created: new Date(0) });
  assert.deepEqual(told(), [['times-set /other', 'file 6']]);
  await files.setAttributes(at('/other'), { mode: 0o600, modified: new Date(0) });
  assert.deepEqual(told(), [
    ['mode-set /other', 'file 6'],
    ['times-set /other', 'file 6'],
  ]);
  await files.makeLink(at('/link'), 'other');
  assert.deepEqual(told(), [['linked /link', 'link 0']]);
  await files.remove(at('/link'));
  assert.deepEqual(told(), [['removed /link', 'link 0']]);
  await files.removeDirectory(at('/directory'));
  assert.deepEqual(told(), [['directory-removed /directory']]);
});

test('joining files tells the whole, and each part that went', async () => {
  await put('/whole', 'a');
  await put('/part', 'bc');
  told();
  await files.combine(at('/whole'), [at('/part')]);
  assert.deepEqual(told(), [
    ['combined /whole', 'file 3', 'for file 1'],
    ['removed /part', 'file 2'],
  ]);
});

test('a join that is made is told, and the parts that went, though another one can not be removed', async () => {
  const storage = memoryStorage();
  const told: string[] = [];
  const view: Storage = {
    ...below(storage, ROOT),
    remove: async (path, options) => {
      if (path === '/stays') throw new StorageError('denied', 'The directory can not be written to');
      return storage.remove(path, options);
    },
  };
  const can = () => true;
  const joining = observed(view, { can, allows: can, stays: () => false }, ({ change, path }) =>
    told.push(`${change} ${path}`),
  );
  for (const [path, content] of Object.entries({ '/whole': 'a', '/stays': 'b', '/goes': 'c' })) {
    const upload = await storage.write(at(path));
    upload.sink.write(content);
    await upload.commit();
  }
  const { changed, unremoved } = await joining.combine(at('/whole'), [at('/stays'), at('/goes')]);
  assert.deepEqual([changed, unremoved], [[], ['/stays']]);
  assert.deepEqual(told, ['combined /whole', 'removed /goes']);
});

test('a rename of one name of a file to another of its names leaves the new one, and is told; one to itself is not', async () => {
  await using temporary = await temporaryStorage();
  await writeFile(join(temporary.root, 'one'), 'x');
  await link(join(temporary.root, 'one'), join(temporary.root, 'other'));
  const can = () => true;
  const told: string[] = [];
  const view = observed(temporary.storage, { can, allows: can, stays: () => false }, ({ change, path, to }) =>
    told.push(`${change} ${path} ${to}`),
  );
  await view.rename(at('/one'), at('/one'));
  assert.deepEqual((await readdir(temporary.root)).toSorted(), ['one', 'other']);
  assert.deepEqual(told, []);
  await view.rename(at('/one'), at('/other'));
  assert.deepEqual(await readdir(temporary.root), ['other']);
  assert.deepEqual(told, ['renamed /one /other']);
});

test('files of a storage that can neither copy nor be changed in the middle are copied all the same', async () => {
  const abilities = ['open-read', 'open-write', 'copy'] as const;
  const lacking: readonly string[] = ['openRead', 'openWrite', 'copy'];
  const methods = Object.entries(below(memoryStorage(), ROOT)).filter(([name]) => !lacking.includes(name));
  const plain = Object.fromEntries(methods) as unknown as Storage;
  const view = accountFiles({
    mounts: [{ at: ROOT, storage: { ...plain, confine: (home) => below(plain, home) } }],
    account: account('someone'),
    counters: new QuotaCounters(plain),
    onChange: (change) => changes.push(change),
  });
  assert.deepEqual(
    abilities.map((ability) => view.can(ability, ROOT)),
    [false, false, false],
  );
  const upload = await view.write(at('/file'));
  upload.sink.write('content');
  await upload.commit();
  told();
  await view.copy(at('/file'), at('/copy'));
  assert.deepEqual(told(), [['copied /file /copy', 'file 7']]);
  await assert.rejects(view.openRead(at('/file')), { code: 'unsupported' });
  await assert.rejects(view.openWrite(at('/file')), { code: 'unsupported' });
});

test('what was not made is not told', async () => {
  await put('/file', 'x');
  told();
  await assert.rejects(files.remove(at('/missing')));
  await assert.rejects(files.makeDirectory(at('/file')));
  await assert.rejects(files.rename(at('/missing'), at('/file')));
  await assert.rejects(files.combine(at('/whole'), [at('/missing')]));
  await (await begin('/other', 'part')).suspend();
  await (await begin('/third', 'part')).discard();
  await (await files.openWrite(at('/file'))).discard();
  const gap = await files.openWrite(at('/fourth'));
  await gap.write(Buffer.from('x'), 1);
  await gap.suspend();
  await assert.rejects(files.copy(at('/missing'), at('/file')));
  const overtaken = await begin('/later', 'x');
  await files.makeDirectory(at('/later'));
  told();
  await assert.rejects(overtaken.commit());
  assert.deepEqual(told(), []);
});
