import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath, type Storage } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { encryptedStorage, localStorage } from '../index.ts';

const at = (path: string) => resolvePath(ROOT, path);

async function put(storage: Storage, path: string, content: string, options = {}): Promise<void> {
  const upload = await storage.write(at(path), options);
  upload.sink.write(content);
  await upload.commit();
}

async function kept(storage: Storage, path = '/') {
  assert.ok(storage.trash);
  const all = await Array.fromAsync(storage.trash.list(at(path)));
  return all.toSorted((one, other) => one.since.getTime() - other.since.getTime());
}

async function textOf(storage: Storage, path: string): Promise<string> {
  return Buffer.concat(await Array.fromAsync(await storage.read(at(path)))).toString();
}

const WAYS: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  'an upload over it': (storage) => put(storage, '/a/file', 'new'),
  'an upload into its middle': (storage) => put(storage, '/a/file', 'XX', { at: 1 }),
  'a rename over it': (storage) => storage.rename(at('/other'), at('/a/file')),
  'a copy over it': async (storage) => storage.copy?.(at('/other'), at('/a/file')),
  'its removal': (storage) => storage.remove(at('/a/file')),
  'a change at any position': async (storage) => {
    const file = await storage.openWrite?.(at('/a/file'));
    await file?.write(Buffer.from('YY'), 0);
    await file?.commit();
  },
};

for (const [way, change] of Object.entries(WAYS)) {
  test(`${way} keeps what the file was, and gives it back`, async () => {
    await using temporary = await temporaryStorage({ trash: {} });
    const { storage } = temporary;
    await storage.makeDirectory(at('/a'));
    await put(storage, '/a/file', 'old content');
    await put(storage, '/other', 'other');
    await change(storage);
    const [file, ...more] = await kept(storage);
    assert.ok(file);
    assert.equal(more.length, 0);
    assert.deepEqual([file.path, file.kind, file.size], ['/a/file', 'file', 11]);
    await storage.trash.restore(file, at('/back/again'));
    assert.equal(await textOf(storage, '/back/again'), 'old content');
    assert.deepEqual(await kept(storage), []);
  });
}

test('a file that was appended to is not kept, for nothing of it is lost', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage } = temporary;
  await put(storage, '/file', 'old');
  await put(storage, '/file', ' and new', { at: 'end' });
  assert.deepEqual(await kept(storage), []);
});

test('no path and no link of a client leads to what is kept, and nothing counts it', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage, root } = temporary;
  await put(storage, '/file', 'old');
  await storage.remove(at('/file'));
  const [name = ''] = await readdir(root);
  assert.ok((await stat(join(root, name))).isDirectory());
  assert.deepEqual((await Array.fromAsync(storage.list(ROOT))).flat(), []);
  await assert.rejects(Array.fromAsync(storage.list(at(`/${name}`))), { code: 'denied' });
  await assert.rejects(storage.stat(at(`/${name}/file`)), { code: 'denied' });
  await assert.rejects(storage.makeLink(at('/link'), name), { code: 'denied' });
  await assert.rejects(storage.removeDirectory(at(`/${name}`)), { code: 'denied' });
  await assert.rejects(storage.rename(at(`/${name}`), at('/shown')), { code: 'denied' });
  assert.deepEqual(await storage.usage(ROOT), { bytes: 0, files: 0 });
});

test('a restore takes the place of nothing', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage } = temporary;
  await put(storage, '/file', 'old');
  await put(storage, '/file', 'new');
  const [file] = await kept(storage);
  assert.ok(file);
  await assert.rejects(storage.trash.restore(file, at('/file')), { code: 'exists' });
  assert.equal(await textOf(storage, '/file'), 'new');
  assert.equal((await kept(storage)).length, 1);
});

test('an id that is none reaches no file', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage, root } = temporary;
  await put(storage, '/file', 'old');
  for (const id of ['../../file', 'file', '.lockport-lock', '']) {
    await assert.rejects(storage.trash.purge({ id, path: at('/file') }), { code: 'not-found' });
    await assert.rejects(storage.trash.restore({ id, path: at('/file') }, at('/back')), { code: 'not-found' });
  }
  assert.deepEqual(await readdir(root), ['file']);
});

test('a view of a directory shows what stood in it, whoever removed it, and nothing else', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage } = temporary;
  for (const path of ['/one', '/other']) await storage.makeDirectory(at(path));
  await put(storage, '/one/file', 'of one');
  await put(storage, '/other/file', 'of the other');
  await storage.remove(at('/one/file'));
  await storage.confine(at('/other')).remove(at('/file'));
  assert.deepEqual(
    (await kept(storage.confine(at('/one')))).map(({ path, size }) => [path, size]),
    [['/file', 6]],
  );
  const [file] = await kept(storage.confine(at('/other')));
  assert.ok(file);
  const view = storage.confine(at('/other'));
  await view.trash?.restore(file, at('/file'));
  assert.equal(await textOf(storage, '/other/file'), 'of the other');
});

test('a view whose directory is missing says so, and nothing of how we are built', async () => {
  await using temporary = await temporaryStorage({ trash: { maxBytes: 1000 } });
  const view = temporary.storage.confine(at('/missing'));
  await assert.rejects(kept(view), { name: 'StorageError', code: 'not-found', message: 'No such file or directory' });
});

test('a directory whose files were removed goes, and they come back into a new one', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage } = temporary;
  for (const path of ['/a', '/a/b']) await storage.makeDirectory(at(path));
  await put(storage, '/a/b/file', 'deep');
  await storage.remove(at('/a/b/file'));
  for (const path of ['/a/b', '/a']) await storage.removeDirectory(at(path));
  const [file] = await kept(storage, '/a');
  assert.ok(file);
  await storage.trash.restore(file, file.path);
  assert.equal(await textOf(storage, '/a/b/file'), 'deep');
});

test('of each home the newest files are kept up to the bound, and those of another home stay', async () => {
  await using temporary = await temporaryStorage({ trash: { maxBytes: 25 } });
  const { storage } = temporary;
  for (const path of ['/one', '/other']) await storage.makeDirectory(at(path));
  const [one, other] = [storage.confine(at('/one')), storage.confine(at('/other'))];
  await put(other, '/file', 'of the other');
  await other.remove(at('/file'));
  for (let version = 0; version < 6; version += 1) {
    await put(one, '/file', `version ${version}..`);
    // Versions of one millisecond would go together.
    const since = Date.now();
    while (Date.now() === since);
  }
  await storage.boundTrash();
  const left = (await kept(one)).reduce((bytes, { size }) => bytes + size, 0);
  assert.ok(left > 0 && left <= 25, String(left));
  assert.equal((await kept(other)).length, 1);
});

test('a sweep removes what was kept for too long, and the empty directories', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage, root } = temporary;
  await put(storage, '/file', 'old');
  await storage.remove(at('/file'));
  assert.equal(await storage.sweepTrash({ keepMs: 3_600_000 }), 0);
  assert.equal(await storage.sweepTrash({ keepMs: -1 }), 1);
  assert.deepEqual(await readdir(root, { recursive: true }), ['.lockport-trash']);
});

test('a second name that a crash left of a published file is not shown, and the next sweep removes it', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage, root } = temporary;
  await put(storage, '/file', 'published');
  await put(storage, '/file', 'published anew');
  const [old] = await kept(storage);
  assert.ok(old);
  const id = old.id.replace(/^\.lockport-\d+/, '.lockport-1');
  await link(join(root, 'file'), join(root, '.lockport-trash/file', id));
  assert.equal((await kept(storage)).length, 1);
  assert.equal(await storage.sweepTrash({ keepMs: Number.POSITIVE_INFINITY }), 1);
  assert.equal((await kept(storage)).length, 1);
  assert.equal(await textOf(storage, '/file'), 'published anew');
});

test('a kept file that has a further name is restored as a copy, so that a change of one is none of the other', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage, root } = temporary;
  await put(storage, '/file', 'old');
  await storage.remove(at('/file'));
  const [file] = await kept(storage);
  assert.ok(file);
  await link(join(root, '.lockport-trash/file', file.id), join(root, 'alias'));
  await storage.trash.restore(file, at('/file'));
  await put(storage, '/file', ' and more', { at: 'end' });
  assert.equal(await textOf(storage, '/alias'), 'old');
});

test('what is kept below an encrypted storage is shown by its plain name and length, and opens again', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const storage = encryptedStorage(temporary.storage, { keys: [Buffer.alloc(32, 1)], namesKey: Buffer.alloc(32, 2) });
  await storage.makeDirectory(at('/ward'));
  await put(storage, '/ward/record', 'patient');
  await put(storage, '/ward/record', 'changed');
  const [file] = await kept(storage, '/ward');
  assert.ok(file);
  assert.deepEqual([file.path, file.size], ['/ward/record', 7]);
  await storage.trash?.restore(file, at('/ward/before'));
  assert.equal(await textOf(storage, '/ward/before'), 'patient');
});

/** Replaces and removes files without end, and tells before each change which content the file has. */
const CHANGER = `
  const { localStorage } = await import(${JSON.stringify(import.meta.resolve('./local-storage.ts'))});
  const storage = await localStorage({ root: process.argv[1], trash: {} });
  for (let number = 1; ; number += 1) {
    const upload = await storage.write('/file');
    upload.sink.write(String(number).padStart(8, '0'));
    await upload.commit();
    process.stdout.write(number + '\\n');
    if (number % 3 === 0) await storage.remove('/file');
  }
`;

test('a process that is killed at any moment has lost no version that it had acknowledged', async () => {
  for (let round = 1; round <= 5; round += 1) {
    await using temporary = await temporaryStorage({ trash: {} });
    const changer = spawn(process.execPath, ['--input-type=module', '-e', CHANGER, temporary.root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    for await (const chunk of changer.stdout) {
      told += String(chunk);
      if (told.split('\n').length > 10 * round) changer.kill('SIGKILL');
    }
    if (changer.exitCode === null && changer.signalCode === null) await once(changer, 'close');
    await using next = await localStorage({ root: temporary.root });
    const contents = new Set<string>();
    const published = await readFile(join(temporary.root, 'file'), 'utf8').catch(() => undefined);
    if (published !== undefined) contents.add(published);
    for (const { id } of await kept(next)) {
      contents.add(await readFile(join(temporary.root, '.lockport-trash/file', id), 'utf8'));
    }
    const last = told.trimEnd().split('\n').length;
    for (let number = 1; number <= last; number += 1) {
      assert.ok(contents.has(String(number).padStart(8, '0')), `version ${number} of ${last}`);
    }
  }
});

test('without the setting a removed file is gone', async () => {
  await using temporary = await temporaryStorage();
  await writeFile(join(temporary.root, 'file'), 'old');
  await temporary.storage.remove(at('/file'));
  assert.deepEqual(await readdir(temporary.root), []);
});
