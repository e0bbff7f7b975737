import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { beforeEach, test } from 'node:test';
import {
  type Files,
  RIGHTS,
  ROOT,
  resolvePath,
  type Storage,
  StorageError,
  type StorageErrorCode,
} from '../core/index.ts';
import { account } from '../identity/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { storageContract } from '../testing/storage-contract.ts';
import { accountFiles } from './account-files.ts';
import { below, confined } from './confined.ts';
import { type Mount, mounted } from './mounts.ts';
import { QuotaCounters } from './quota-counters.ts';

const at = (path: string) => resolvePath(ROOT, path);

let root: Storage;
let pub: Storage;
let deep: Storage;
let fixed: Storage;
let files: Files;

async function put(to: Pick<Storage, 'write'>, path: string, content: string): Promise<void> {
  const upload = await to.write(at(path));
  upload.sink.write(content);
  await upload.commit();
}

function filesOf(mounts: readonly Mount[], quota = {}): Files {
  const home = { home: at('/home'), quota };
  const counters = new QuotaCounters(root);
  return accountFiles({ mounts, account: account('someone', home), counters, onChange: () => undefined });
}

beforeEach(async () => {
  [root, pub, deep, fixed] = [memoryStorage(), memoryStorage(), memoryStorage(), memoryStorage()];
  await root.makeDirectory(at('/home'));
  await root.makeDirectory(at('/home/pub'));
  await put(root, '/home/pub/hidden', 'x');
  await put(root, '/home/own', 'own');
  await put(pub, '/file', 'public');
  await put(deep, '/file', 'deep');
  await put(fixed, '/file', 'fixed');
  files = filesOf([
    { at: ROOT, storage: root },
    { at: at('/pub'), storage: pub },
    { at: at('/pub/deeper/still'), storage: deep },
    { at: at('/fixed'), storage: fixed, readOnly: true },
  ]);
});

async function names(path: string, options = {}): Promise<string[]> {
  const entries = (await Array.fromAsync(files.list(at(path), options))).flat();
  return entries.map(({ name, kind }) => `${name}${kind === 'directory' ? '/' : ''}`).toSorted();
}

async function fails(code: StorageErrorCode, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => error instanceof StorageError && error.code === code);
}

test('the deepest mount has a path, and mount points and the way to them are listed in their directories', async () => {
  assert.deepEqual(await names('/'), ['fixed/', 'own', 'pub/']);
  assert.deepEqual(await names('/pub'), ['deeper/', 'file']);
  assert.deepEqual(await names('/pub/deeper'), ['still/']);
  assert.deepEqual(await names('/pub/deeper/still'), ['file']);
  assert.equal(await text(await files.read(at('/pub/file'))), 'public');
  assert.equal(await text(await files.read(at('/pub/deeper/still/file'))), 'deep');
  await fails('not-found', files.stat(at('/pub/hidden')));
  for (const path of ['/pub', '/pub/deeper', '/pub/deeper/still']) {
    const { kind, name } = await files.stat(at(path));
    assert.deepEqual([kind, name], ['directory', path.slice(path.lastIndexOf('/') + 1)]);
  }
});

test('names alone have the mount points too', async () => {
  const listed = (await Array.fromAsync(files.list(ROOT, { namesOnly: true }))).flat();
  assert.deepEqual(listed.map(({ name }) => name).toSorted(), ['fixed', 'own', 'pub']);
});

test('a mount point, and what leads to one, is not removed, renamed or replaced', async () => {
  for (const path of ['/pub', '/pub/deeper', '/pub/deeper/still']) {
    await fails('denied', files.removeDirectory(at(path)));
    await fails('is-directory', files.remove(at(path)));
    await fails('denied', files.rename(at(path), at('/elsewhere')));
    await fails('exists', files.makeDirectory(at(path)));
    await fails('is-directory', put(files, path, 'x'));
    await fails('exists', files.makeLink(at(path), 'own'));
    await fails('denied', files.setAttributes(at(path), { mode: 0, modified: new Date(0) }));
  }
  assert.equal((await pub.stat(ROOT)).mode, 0o755);
  await put(files, '/pub/other', 'x');
  await fails('exists', files.rename(at('/pub/other'), at('/pub/deeper')));
  assert.deepEqual(await names('/'), ['fixed/', 'own', 'pub/']);
});

test('whoever asks is told which directories stay: mount points, and what leads to them', () => {
  const stays = ['/pub', '/pub/deeper', '/pub/deeper/still', '/', '/own', '/pub/file', '/pub2'];
  assert.deepEqual(
    stays.filter((path) => files.stays(at(path))),
    stays.slice(0, 3),
  );
  assert.equal(filesOf([{ at: ROOT, storage: root }]).stays(at('/pub')), false);
});

test('a rename stays in its storage', async () => {
  await fails('cross-device', files.rename(at('/own'), at('/pub/own')));
  await fails('cross-device', files.rename(at('/pub/file'), at('/pub/deeper/still/other')));
  await files.rename(at('/pub/file'), at('/pub/renamed'));
  assert.deepEqual(await names('/pub'), ['deeper/', 'renamed']);
  assert.equal(await text(await files.read(at('/own'))), 'own');
});

test('a file is copied from any mount to any other, whole, and with its time where that is wanted', async () => {
  const time = new Date('2001-02-03T04:05:06Z');
  await pub.setAttributes?.(at('/file'), { modified: time });
  const { size, modified } = await files.copy(at('/pub/file'), at('/own'), { keepModified: true });
  assert.deepEqual([size, modified], [6, time]);
  assert.deepEqual((await files.stat(at('/own'))).modified, time);
  await files.copy(at('/fixed/file'), at('/pub/deeper/still/copy'));
  assert.equal(await text(await files.read(at('/pub/deeper/still/copy'))), 'fixed');
  await files.copy(at('/pub/file'), at('/pub/copy'));
  assert.equal(await text(await files.read(at('/pub/copy'))), 'public');
  await fails('exists', files.copy(at('/own'), at('/pub/file'), { exclusive: true }));
  await fails('not-found', files.copy(at('/own'), at('/pub/none'), { existing: true }));
  await fails('denied', files.copy(at('/own'), at('/fixed/file')));
  await fails('denied', files.copy(at('/fixed/file'), at('/fixed/copy')));
  await fails('is-directory', files.copy(at('/pub'), at('/copy')));
  await fails('is-directory', files.copy(at('/own'), at('/pub/deeper')));
  await fails('not-found', files.copy(at('/pub/missing'), at('/copy')));
  await fails('aborted', files.copy(at('/pub/file'), at('/copy'), { signal: AbortSignal.abort() }));
  assert.deepEqual(await names('/'), ['fixed/', 'own', 'pub/']);
});

test('a copy from one mount to another that is given up leaves nothing', async () => {
  const controller = new AbortController();
  const giving = new Proxy(pub, {
    get(target, name: keyof Storage) {
      if (name === 'confine') return undefined;
      if (name === 'links') return 'none';
      if (name !== 'write') return typeof target[name] === 'function' ? target[name].bind(target) : target[name];
      return async (...given: Parameters<Storage['write']>) => {
        const upload = await target.write(...given);
        controller.abort();
        return upload;
      };
    },
  });
  const view = filesOf([
    { at: ROOT, storage: root },
    { at: at('/pub'), storage: giving },
  ]);
  await fails('aborted', view.copy(at('/own'), at('/pub/copy'), { signal: controller.signal }));
  await fails('not-found', pub.stat(at('/copy')));
});

test('a copy into the home counts, and what does not fit leaves nothing', async () => {
  const bounded = filesOf(
    [
      { at: ROOT, storage: root },
      { at: at('/pub'), storage: pub },
    ],
    { bytes: 10 },
  );
  await bounded.copy(at('/pub/file'), at('/own'));
  await fails('over-quota', bounded.copy(at('/pub/file'), at('/other')));
  await fails('not-found', bounded.stat(at('/other')));
});

test('a file of a mount is opened at any position, a mount point and what is read only is not', async () => {
  const file = await files.openWrite(at('/pub/file'));
  await file.write(Buffer.from('P'), 0);
  await file.commit();
  assert.equal(await text(await files.read(at('/pub/file'))), 'Public');
  const into = Buffer.alloc(3);
  const reading = await files.openRead(at('/fixed/file'));
  assert.equal(await reading.read(into, 2), 3);
  await reading.close();
  assert.equal(into.toString(), 'xed');
  await fails('denied', files.openWrite(at('/fixed/file')));
  await fails('is-directory', files.openWrite(at('/pub/deeper')));
  assert.deepEqual(
    ['/own', '/fixed/file'].map((path) => [files.can('open-write', at(path)), files.can('open-read', at(path))]),
    [
      [true, true],
      [false, true],
    ],
  );
});

test('nothing is changed in a mount that is read only, and nobody is told that it could be', async () => {
  await fails('denied', put(files, '/fixed/new', 'x'));
  await fails('denied', files.remove(at('/fixed/file')));
  await fails('denied', files.rename(at('/fixed/file'), at('/fixed/other')));
  await fails('denied', files.makeDirectory(at('/fixed/directory')));
  await fails('denied', files.setAttributes(at('/fixed/file'), { mode: 0 }));
  await fails('denied', files.makeLink(at('/fixed/link'), 'file'));
  assert.equal(await text(await files.read(at('/fixed/file'))), 'fixed');
  assert.deepEqual([files.can('set-mode', at('/fixed/file')), files.can('set-mode', at('/own'))], [false, true]);
  assert.deepEqual([files.allows('delete', at('/fixed/file')), files.allows('delete', at('/own'))], [false, true]);
  assert.equal(files.allows('download', at('/fixed/file')), true);
});

test('what one mount can and another can not is announced, and asked for a path', async () => {
  const plain = lesser(memoryStorage(), ['makeLink', 'digest', 'partial', 'confine']);
  const mixed = filesOf([
    { at: ROOT, storage: root },
    { at: at('/plain'), storage: plain },
  ]);
  await put(mixed, '/plain/file', 'x');
  assert.equal(mixed.can('digest'), true);
  assert.deepEqual([mixed.can('digest', at('/own')), mixed.can('digest', at('/plain/file'))], [true, false]);
  await fails('unsupported', mixed.digest(at('/plain/file'), 'MD5'));
  assert.equal(await mixed.partial(at('/plain/half')), undefined);
});

test('links stay in their mount, and absolute ones are of the tree that the account sees', async () => {
  await files.makeLink(at('/pub/link'), '/pub/file');
  assert.equal(await text(await files.read(at('/pub/link'))), 'public');
  await fails('denied', files.makeLink(at('/pub/out'), '/own'));
  await fails('denied', files.makeLink(at('/pub/out'), '../own'));
});

test('the quota counts the home, and not what is mounted below it', async () => {
  const bounded = filesOf(
    [
      { at: ROOT, storage: root },
      { at: at('/pub'), storage: pub },
    ],
    { bytes: 10 },
  );
  await put(bounded, '/pub/large', 'x'.repeat(100));
  await fails('over-quota', put(bounded, '/large', 'x'.repeat(100)));
});

test('mounts that contradict each other are refused', async () => {
  assert.throws(() => filesOf([{ at: at('/pub'), storage: pub }]), { code: 'not-found' });
  const twice = [
    { at: ROOT, storage: root },
    { at: at('/pub'), storage: pub },
    { at: at('/pub'), storage: deep },
  ];
  assert.throws(() => filesOf(twice), { code: 'exists' });
});

test('a mount that can not be reached hides nothing else', async () => {
  const lost = Object.assign(memoryStorage(), {
    confine: undefined,
    links: 'none',
    stat: () => Promise.reject(new StorageError('io', 'Gone')),
  }) as Storage;
  files = filesOf([
    { at: ROOT, storage: root },
    { at: at('/lost'), storage: lost },
  ]);
  assert.deepEqual(await names('/'), ['lost/', 'own', 'pub/']);
});

test('a single mount is the storage itself', () => {
  assert.equal(mounted([{ at: ROOT, storage: root }]), root);
});

/** The storage without some of what it has, and without links. */
function lesser(storage: Storage, without: readonly (keyof Storage)[]): Storage {
  return new Proxy(storage, {
    get(target, name: keyof Storage) {
      if (without.includes(name)) return undefined;
      const own: unknown = name === 'links' ? 'none' : target[name];
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

for (const [where, place] of [
  ['at the root', '/'],
  ['below another one', '/mnt'],
] as const) {
  storageContract(`a mount ${where}`, async () => {
    const tree = mounted([
      { at: ROOT, storage: memoryStorage() },
      ...(place === '/' ? [] : [{ at: at(place), storage: memoryStorage() }]),
    ]);
    const storage = place === '/' ? tree : confined(lesser(tree, ['makeLink', 'confine']), at(place));
    return { storage, async [Symbol.asyncDispose]() {} };
  });
}

test('rights hold over mounts', async () => {
  const rights = [
    { path: ROOT, rights: RIGHTS },
    { path: at('/pub'), rights: ['list'] as const },
  ];
  const counters = new QuotaCounters(root);
  const narrow = accountFiles({
    mounts: [
      { at: ROOT, storage: root },
      { at: at('/pub'), storage: pub },
    ],
    account: account('someone', { rights }),
    counters,
    onChange: () => undefined,
  });
  await fails('denied', narrow.read(at('/pub/file')));
  await fails('denied', put(narrow, '/pub/new', 'x'));
});

test('a mount that does not answer holds no listing of the directory that it is in', async () => {
  const silent = { ...below(pub, ROOT), stat: () => new Promise<never>(() => undefined) };
  const tree = mounted([
    { at: ROOT, storage: root },
    { at: at('/silent'), storage: silent },
  ]);
  const listed = (await Array.fromAsync(tree.list(ROOT))).flat();
  assert.deepEqual(
    listed.filter(({ name }) => name === 'silent').map(({ kind }) => kind),
    ['directory'],
  );
});
