import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, test } from 'node:test';
import {
  RIGHTS,
  type Right,
  type RightsRule,
  ROOT,
  resolvePath,
  type Storage,
  type StorageErrorCode,
} from '../core/index.ts';
import { account } from '../identity/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { filesAsStorage } from '../testing/files-as-storage.ts';
import { temporaryStorage } from '../testing/temporary-storage.ts';
import { accountFiles } from './account-files.ts';
import { QuotaCounters } from './quota-counters.ts';
import { withRights } from './with-rights.ts';

const at = (path: string) => resolvePath(ROOT, path);
const rule = (path: string, ...rights: Right[]): RightsRule => ({ path: at(path), rights });

let storage: Storage;

beforeEach(async () => {
  storage = memoryStorage();
  for (const path of ['/in', '/out', '/private', '/out/deeper']) await storage.makeDirectory(at(path));
  for (const path of ['/file', '/in/file', '/out/file', '/private/file']) await put(storage, path, 'old');
});

async function put(target: Storage, path: string, content: string, options = {}): Promise<void> {
  const upload = await target.write(at(path), options);
  upload.sink.write(content);
  await upload.commit();
}

async function edit(target: Storage, path: string, options = {}): Promise<void> {
  const file = await target.openWrite?.(at(path), options);
  await file?.write(Buffer.from('new'), 0);
  await file?.commit();
}

async function readBack(target: Storage, path: string): Promise<void> {
  const file = await target.openWrite?.(at(path));
  try {
    await file?.write(Buffer.from('X'), 0);
    await file?.read(Buffer.alloc(3), 0);
  } finally {
    await file?.discard();
  }
}

async function fails(code: StorageErrorCode, work: Promise<unknown> | undefined): Promise<void> {
  await assert.rejects(work ?? Promise.resolve(), { code });
}

/** What each right is needed for, tried on `/file` or beside it. */
const NEEDS: { readonly [operation: string]: readonly [Right[], (view: Storage) => Promise<unknown>] } = {
  'to list': [['list'], (view) => Array.fromAsync(view.list(ROOT))],
  'to read': [['download'], (view) => view.read(at('/file'))],
  'to take a digest': [['download'], async (view) => view.digest?.(at('/file'), 'SHA-256')],
  'to make a file': [['upload'], (view) => put(view, '/new', 'new')],
  'to replace a file': [['overwrite'], (view) => put(view, '/file', 'new')],
  'to restart within a file': [['overwrite'], (view) => put(view, '/file', 'new', { at: 1 })],
  'to append to a file': [['append'], (view) => put(view, '/file', 'new', { at: 'end' })],
  'to append where nothing is': [['upload'], (view) => put(view, '/new', 'new', { at: 'end' })],
  'to open a file for reading': [['download'], async (view) => view.openRead?.(at('/file'))],
  'to open a file for writing': [['overwrite'], (view) => edit(view, '/file')],
  'to open a file for writing where nothing is': [['upload'], (view) => edit(view, '/new')],
  'to read what it writes': [['overwrite', 'download'], (view) => readBack(view, '/file')],
  'to copy a file': [['download', 'upload'], async (view) => view.copy?.(at('/file'), at('/new'))],
  'to copy over a file': [['download', 'overwrite'], async (view) => view.copy?.(at('/in/file'), at('/file'))],
  'to copy with the time of the file': [
    ['download', 'upload', 'times'],
    async (view) => view.copy?.(at('/file'), at('/new'), { keepModified: true }),
  ],
  'to remove a file': [['delete'], (view) => view.remove(at('/file'))],
  'to remove a directory': [['delete'], (view) => view.removeDirectory(at('/out/deeper'))],
  'to rename': [['rename'], (view) => view.rename(at('/file'), at('/new'))],
  'to rename onto a file': [['rename', 'overwrite'], (view) => view.rename(at('/file'), at('/in/file'))],
  'to make a directory': [['make-directory'], (view) => view.makeDirectory(at('/new'))],
  'to set a time': [['times'], async (view) => view.setAttributes?.(at('/file'), { modified: new Date(0) })],
  'to set a mode': [['times'], async (view) => view.setAttributes?.(at('/file'), { mode: 0o600 })],
  'to make a link': [['upload'], async (view) => view.makeLink?.(at('/new'), 'file')],
};

describe('an account needs', () => {
  for (const [operation, [rights, operate]] of Object.entries(NEEDS)) {
    test(`${rights.join(' and ')} ${operation}, and nothing else`, async () => {
      await operate(withRights(storage, [rule('/', ...rights)]));
    });

    for (const right of rights) {
      test(`${right} ${operation}, whatever else it may do`, async () => {
        const others = RIGHTS.filter((other) => other !== right);
        await fails('denied', operate(withRights(storage, [rule('/', ...others)])));
        assert.equal(await text(await storage.read(at('/file'))), 'old');
      });
    }
  }
});

test('what no right reaches is not there', async () => {
  const view = withRights(storage, [rule('/', ...RIGHTS), rule('/private')]);
  const names = (await Array.fromAsync(view.list(ROOT))).flat().map(({ name }) => name);
  assert.deepEqual(names.toSorted(), ['file', 'in', 'out']);
  for (const path of ['/private', '/private/file', '/private/new']) {
    await fails('not-found', view.stat(at(path)));
    await fails('not-found', view.read(at(path)));
    await fails('not-found', put(view, path, 'new'));
    await fails('not-found', view.remove(at(path)));
    await fails('not-found', view.rename(at('/file'), at(path)));
    await fails('not-found', view.rename(at(path), at('/new')));
    await fails('not-found', view.makeDirectory(at(path)));
    await fails('not-found', Array.fromAsync(view.list(at(path))));
    await fails('not-found', view.openRead?.(at(path)));
    await fails('not-found', view.openWrite?.(at(path)));
    await fails('not-found', view.copy?.(at('/file'), at(path)));
    await fails('not-found', view.copy?.(at(path), at('/new')));
    await fails('not-found', view.partial?.(at(path)));
    await fails('not-found', view.digest?.(at(path), 'MD5'));
  }
});

test('names alone leave out what no right reaches, and need the right to list', async () => {
  await using temporary = await temporaryStorage();
  await temporary.storage.makeDirectory(at('/private'));
  await put(temporary.storage, '/file', '');
  const listed = async (rules: readonly RightsRule[]) => {
    const view = withRights(temporary.storage, rules);
    const entries = (await Array.fromAsync(view.list(ROOT))).flat();
    const names = (await Array.fromAsync(view.list(ROOT, { namesOnly: true }))).flat();
    return [entries.map(({ name }) => name).toSorted(), names.map(({ name }) => name).toSorted()];
  };
  const seen = ['file'];
  const all = ['file', 'private'];
  assert.deepEqual(await listed([rule('/', 'list'), rule('/private')]), [seen, seen]);
  assert.deepEqual(await listed([rule('/', 'list')]), [all, all]);
  const blind = withRights(temporary.storage, [rule('/', 'download')]);
  await fails('denied', Array.fromAsync(blind.list(ROOT)));
  await fails('denied', Array.fromAsync(blind.list(ROOT, { namesOnly: true })));
});

test('a directory that leads to a right can be seen, and nothing beside the way', async () => {
  const view = withRights(storage, [rule('/out/deeper', 'list', 'upload')]);
  assert.equal((await view.stat(ROOT)).kind, 'directory');
  assert.equal((await view.stat(at('/out'))).kind, 'directory');
  await fails('denied', Array.fromAsync(view.list(at('/out'))));
  await fails('not-found', view.stat(at('/out/file')));
  await put(view, '/out/deeper/file', 'new');
  assert.equal((await Array.fromAsync(view.list(at('/out/deeper')))).length, 1);
});

test('the deepest rule decides alone', async () => {
  const view = withRights(storage, [rule('/', 'list'), rule('/in', 'upload'), rule('/out', 'download')]);
  await fails('denied', Array.fromAsync(view.list(at('/in'))));
  await put(view, '/in/new', 'new');
  await fails('denied', view.read(at('/in/new')));
  await fails('denied', put(view, '/out/new', 'new'));
  assert.equal(await text(await view.read(at('/out/file'))), 'old');
});

test('who may upload and not overwrite loses against a file that appears meanwhile', async () => {
  const view = withRights(storage, [rule('/', 'upload')]);
  for (const options of [{}, { at: 0 }, { at: 'end' }] as const) {
    const upload = await view.write(at('/new'), options);
    upload.sink.write('late');
    await put(storage, '/new', 'early');
    await fails('exists', upload.commit());
    assert.equal(await text(await storage.read(at('/new'))), 'early');
    await storage.remove(at('/new'));
  }
  const file = await view.openWrite?.(at('/new'));
  await put(storage, '/new', 'early');
  await fails('exists', file?.commit());
  await fails('denied', view.openWrite?.(at('/new')));
});

test('who may append or overwrite and not upload makes no new file of one that is taken away meanwhile', async () => {
  const local = await temporaryStorage();
  await using _ = local;
  for (const base of [storage, local.storage]) {
    for (const [right, options] of [
      ['append', { at: 'end' }],
      ['overwrite', {}],
      ['overwrite', { at: 1 }],
      ['overwrite', { at: 3 }],
    ] as const) {
      const view = withRights(base, [rule('/', right)]);
      for (const takeAway of [() => base.remove(at('/going')), () => base.rename(at('/going'), at('/gone'))]) {
        await put(base, '/going', 'old');
        const upload = await view.write(at('/going'), options);
        upload.sink.write('new');
        await takeAway();
        await assert.rejects(upload.commit(), ({ code }) => code === 'not-found' || code === 'busy');
        await fails('not-found', base.stat(at('/going')));
        assert.equal(await base.partial?.(at('/going')), undefined);
      }
    }
    for (const truncate of [false, true]) {
      await put(base, '/going', 'old');
      const file = await withRights(base, [rule('/', 'overwrite')]).openWrite?.(at('/going'), { truncate });
      await file?.write(Buffer.from('new'), 0);
      await base.remove(at('/going'));
      await assert.rejects(file?.commit() ?? Promise.resolve(), ({ code }) => code === 'not-found' || code === 'busy');
      await fails('not-found', base.stat(at('/going')));
    }
    assert.equal(await text(await base.read(at('/gone'))), 'old');
  }
});

test('who may only upload may go on with an interrupted upload, and make unique names', async () => {
  const view = withRights(storage, [rule('/', 'upload')]);
  const upload = await view.write(at('/new'));
  upload.sink.write('half');
  assert.equal((await upload.suspend())?.size, 4);
  assert.equal((await view.partial?.(at('/new')))?.size, 4);
  await put(view, '/new', ' and half', { at: 4 });
  assert.equal(await text(await storage.read(at('/new'))), 'half and half');
  await fails('exists', view.write(at('/new'), { exclusive: true }));
});

test('a directory to which rights are tied cannot be moved from under them', async () => {
  const view = withRights(storage, [rule('/', ...RIGHTS), rule('/out/deeper', 'list', 'rename')]);
  await fails('denied', view.rename(at('/out'), at('/new')));
  await fails('denied', view.rename(at('/out/deeper'), at('/new')));
  await view.rename(at('/in'), at('/new'));
});

test('a rename brings nothing below a path that rights are tied to, whether or not it is there', async () => {
  const view = withRights(storage, [
    rule('/', ...RIGHTS),
    rule('/arch/2027', 'list', 'download'),
    rule('/in', 'rename'),
  ]);
  await view.makeDirectory(at('/t'));
  await view.makeDirectory(at('/t/2027'));
  await put(view, '/t/2027/file', 'new');
  await fails('denied', view.rename(at('/t'), at('/arch')));
  await fails('denied', view.rename(at('/t/2027'), at('/arch/2027')));
  await fails('not-found', view.stat(at('/arch')));
  await view.makeDirectory(at('/arch'));
  await view.rename(at('/t'), at('/arch/2026'));
  await view.rename(at('/arch/2026'), at('/in/t'));
});

test('a link does not lead around rights that differ from path to path', async () => {
  const rights = [rule('/', ...RIGHTS), rule('/private')];
  const counters = new QuotaCounters(storage);
  const someone = account('someone', { rights });
  const view = filesAsStorage(
    accountFiles({ mounts: [{ at: ROOT, storage }], account: someone, counters, onChange: () => undefined }),
  );
  await view.makeLink?.(at('/link'), 'private/file');
  await view.makeLink?.(at('/directory'), 'private');
  await fails('denied', view.read(at('/link')));
  await fails('denied', view.read(at('/directory/file')));
  await fails('denied', put(view, '/link', 'new'));
  assert.equal(await text(await storage.read(at('/private/file'))), 'old');
});

test('A file that is written with a time gets it from those alone who may set times', async () => {
  await using temporary = await temporaryStorage();
  const modified = new Date('2020-02-03T04:05:06Z');
  const written = async (path: string, ...rights: Right[]): Promise<Date> => {
    const view = withRights(temporary.storage, [rule('/', 'list', ...rights)]);
    await put(view, path, 'new', { modified });
    return (await view.stat(at(path))).modified;
  };
  assert.deepEqual(await written('/timed', 'upload', 'times'), modified);
  assert.notDeepEqual(await written('/untimed', 'upload'), modified);
});
