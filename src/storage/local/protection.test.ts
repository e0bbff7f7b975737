import assert from 'node:assert/strict';
import { readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath, type Storage } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { encryptedStorage, localStorage } from '../index.ts';

const at = (path: string) => resolvePath(ROOT, path);
const DAY_MS = 86_400_000;
const FILE = '/records/file';

async function put(storage: Storage, path: string, content: string, options = {}): Promise<void> {
  const upload = await storage.write(at(path), options);
  upload.sink.write(content);
  await upload.commit();
}

/** A storage with a retained directory, whose time the test holds. */
async function retaining(options = {}) {
  const time = { offsetMs: 0 };
  const temporary = await temporaryStorage({
    retained: [{ path: at('/records'), keepMs: 10 * DAY_MS }],
    now: () => Date.now() + time.offsetMs,
    ...options,
  });
  const { storage } = temporary;
  await storage.makeDirectory(at('/records'));
  await storage.makeDirectory(at('/elsewhere'));
  await put(storage, FILE, 'a record');
  await put(storage, '/other', 'other');
  return { ...temporary, storage, time, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() };
}

/** Whatever may alter or remove a file. */
const CHANGES: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  'an upload over it': (storage) => put(storage, FILE, 'forged'),
  'an append': (storage) => put(storage, FILE, ' forged', { at: 'end' }),
  'an upload into its middle': (storage) => put(storage, FILE, 'X', { at: 2 }),
  'a change at any position': async (storage) => {
    const file = await storage.openWrite?.(at(FILE));
    await file?.write(Buffer.from('X'), 0);
    await file?.commit();
  },
  'a cut': async (storage) => {
    const file = await storage.openWrite?.(at(FILE));
    await file?.truncate(1);
    await file?.commit();
  },
  'its removal': (storage) => storage.remove(at(FILE)),
  'a rename away': (storage) => storage.rename(at(FILE), at('/elsewhere/file')),
  'a rename in its directory': (storage) => storage.rename(at(FILE), at('/records/renamed')),
  'a rename over it': (storage) => storage.rename(at('/other'), at(FILE)),
  'a copy over it': async (storage) => storage.copy?.(at('/other'), at(FILE)),
  'another time': async (storage) => storage.setAttributes?.(at(FILE), { modified: new Date(0) }),
  'another mode': async (storage) => storage.setAttributes?.(at(FILE), { mode: 0o777 }),
  'a link in its place': async (storage) => storage.makeLink?.(at(FILE), '../other'),
};

/** What may bring a whole tree out of its place, or another one into it. */
const DIRECTORY_CHANGES: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  'a rename of its directory': (storage) => storage.rename(at('/records'), at('/elsewhere/records')),
  'a directory that is moved in': (storage) => storage.rename(at('/elsewhere'), at('/records/elsewhere')),
};

for (const [what, change] of Object.entries({ ...CHANGES, ...DIRECTORY_CHANGES })) {
  test(`a retained file outlasts ${what}, by its own path and by a link`, async () => {
    await using scene = await retaining();
    const { storage, root } = scene;
    await assert.rejects(change(storage), { code: what === 'a link in its place' ? /denied|exists/ : 'denied' });
    assert.equal(await readFile(join(root, 'records/file'), 'utf8'), 'a record');
    // Whoever has another view has no other rules.
    const view = storage.confine(at('/records'));
    await assert.rejects(view.remove(at('/file')), { code: 'denied' });
    await storage.makeLink(at('/short'), 'records');
    await assert.rejects(put(storage, '/short/file', 'forged'), { code: 'denied' });
    await assert.rejects(storage.remove(at('/short/file')), { code: 'denied' });
    assert.equal(await readFile(join(root, 'records/file'), 'utf8'), 'a record');
  });
}

for (const [what, change] of Object.entries(CHANGES)) {
  test(`${what} is possible once the time is over`, async () => {
    if (what === 'a link in its place') return;
    await using scene = await retaining();
    scene.time.offsetMs = 9 * DAY_MS;
    await assert.rejects(change(scene.storage), { code: 'denied' });
    scene.time.offsetMs = 11 * DAY_MS;
    await change(scene.storage);
  });
}

test('new files come into a retained directory, and are retained from then on', async () => {
  await using scene = await retaining();
  const { storage } = scene;
  await put(storage, '/records/new', 'new', { modified: new Date(0) });
  await storage.rename(at('/other'), at('/records/moved'));
  for (const path of ['/records/new', '/records/moved']) {
    await assert.rejects(storage.remove(at(path)), { code: 'denied', message: /^This is retained until \d{4}-/ });
  }
});

test('a time that another program sets does not free a file', async () => {
  await using scene = await retaining();
  await utimes(join(scene.root, 'records/file'), new Date(0), new Date(0));
  await assert.rejects(scene.storage.remove(at(FILE)), { code: 'denied' });
});

test('a clock that goes back frees nothing, and nothing is stored by it that would be free too early', async () => {
  await using scene = await retaining();
  const { storage, time } = scene;
  time.offsetMs = -5 * DAY_MS;
  await assert.rejects(storage.remove(at(FILE)), { code: 'denied' });
  await assert.rejects(put(storage, '/records/early', 'early'), { code: 'busy', message: /clock/ });
  await put(storage, '/elsewhere/file', 'not retained');
  await assert.rejects(storage.rename(at('/elsewhere/file'), at('/records/early')), { code: 'busy' });
  time.offsetMs = 0;
  await put(storage, '/records/early', 'in time');
});

test('a retained directory can be removed by nobody, and nothing takes its place', async () => {
  await using scene = await retaining({ retained: [{ path: at('/a/b'), keepMs: DAY_MS }] });
  const { storage } = scene;
  await assert.rejects(storage.makeLink(at('/a'), 'elsewhere'), { code: 'denied' });
  for (const path of ['/a', '/a/b']) await storage.makeDirectory(at(path));
  for (const path of ['/a/b', '/a']) await assert.rejects(storage.removeDirectory(at(path)), { code: 'denied' });
  await assert.rejects(storage.rename(at('/a'), at('/c')), { code: 'denied' });
});

test('a storage does not open whose retained directory leads through a link', async () => {
  await using scene = await retaining();
  await symlink('records', join(scene.root, 'linked'));
  await assert.rejects(localStorage({ root: scene.root, retained: [{ path: at('/linked/deep'), keepMs: DAY_MS }] }), {
    code: 'denied',
  });
});

for (const [what, change] of Object.entries({ ...CHANGES, ...DIRECTORY_CHANGES })) {
  test(`what is held outlasts ${what} until the hold is lifted, in another process too`, async () => {
    await using scene = await retaining({ retained: [] });
    const { storage, root } = scene;
    await using other = await localStorage({ root });
    await storage.holds.set(at('/records'), { by: 'anna', reason: 'case 12' });
    for (const each of [storage, other]) {
      await assert.rejects(change(each), { code: what === 'a link in its place' ? /denied|exists/ : 'denied' });
    }
    assert.equal(await readFile(join(root, 'records/file'), 'utf8'), 'a record');
    assert.deepEqual(
      (await other.holds.list()).map(({ path, by, reason }) => [path, by, reason]),
      [['/records', 'anna', 'case 12']],
    );
    await other.holds.lift(at('/records'));
    if (what !== 'a link in its place') await change(storage);
  });
}

test('what is kept of a held path stays: no purge, no sweep and no bound removes it', async () => {
  await using temporary = await temporaryStorage({ trash: { maxBytes: 10 } });
  const { storage } = temporary;
  for (const path of ['/held', '/small', '/large'])
    await put(storage, path, path === '/large' ? 'x'.repeat(30) : 'old');
  await storage.remove(at('/held'));
  await storage.holds.set(at('/held'), { by: 'anna', reason: 'case 12' });
  await storage.remove(at('/small'));
  await storage.remove(at('/large'));
  await storage.boundTrash();
  const [kept, ...others] = await Array.fromAsync(storage.trash.list(ROOT));
  assert.ok(kept);
  assert.deepEqual([kept.path, others], ['/held', []]);
  await assert.rejects(storage.trash.purge(kept), { code: 'denied' });
  assert.equal(await storage.sweepTrash({ keepMs: -1 }), 0);
  await storage.holds.lift(at('/held'));
  assert.equal(await storage.sweepTrash({ keepMs: -1 }), 1);
});

test('while the holds can not be read nothing is changed, and everything is read', async () => {
  await using scene = await retaining({ retained: [] });
  const { storage, root } = scene;
  await writeFile(join(root, '.lockport-holds'), '[{"names": ["records"');
  await assert.rejects(storage.remove(at('/other')), { code: 'io' });
  await assert.rejects(put(storage, '/new', 'new'), { code: 'io' });
  assert.equal(Buffer.concat(await Array.fromAsync(await storage.read(at('/other')))).toString(), 'other');
});

test('new files come into a held directory by every way, and are held from then on', async () => {
  await using scene = await retaining({ retained: [] });
  const { storage } = scene;
  await storage.holds.set(at('/records'), { by: 'anna', reason: 'case 12' });
  const ways: Readonly<Record<string, (to: string) => Promise<unknown>>> = {
    upload: (to) => put(storage, to, 'new'),
    append: (to) => put(storage, to, 'new', { at: 'end' }),
    exclusive: (to) => put(storage, to, 'new', { exclusive: true }),
    rename: (to) => storage.rename(at('/other'), at(to)),
    copy: (to) => storage.copy(at(FILE), at(to)),
    link: (to) => storage.makeLink(at(to), 'file'),
  };
  for (const [way, come] of Object.entries(ways)) {
    await come(`/records/${way}`);
    await assert.rejects(storage.remove(at(`/records/${way}`)), { code: 'denied' }, way);
    await assert.rejects(put(storage, `/records/${way}`, 'forged'), { code: 'denied' }, way);
  }
});

test('what some file system takes for the same name is protected alike', async () => {
  await using scene = await retaining({ retained: [{ path: at('/R\u00e9sum\u00e9s'), keepMs: DAY_MS }] });
  const { storage } = scene;
  await storage.holds.set(at('/Straße/ſicher'), { by: 'anna', reason: 'case 12' });
  for (const directory of ['/re\u0301sume\u0301s', '/STRASSE', '/R\u00e9sum\u00e9s .']) {
    await storage.makeDirectory(at(directory));
    await put(storage, `${directory}/SIC\u200dHER`, 'content');
    await assert.rejects(storage.remove(at(`${directory}/SIC\u200dHER`)), { code: 'denied' }, directory);
    await put(storage, `${directory} more`, 'content');
    await storage.remove(at(`${directory} more`));
  }
});

test('a hold of a path that is not there yet goes by where the links on its way lead', async () => {
  await using scene = await retaining({ retained: [] });
  const { storage } = scene;
  await storage.makeLink(at('/short'), 'records');
  await storage.holds.set(at('/short/case/12'), { by: 'anna', reason: 'case 12' });
  await storage.makeDirectory(at('/records/case'));
  await storage.makeDirectory(at('/records/case/12'));
  await put(storage, '/records/case/12/file', 'evidence');
  await assert.rejects(storage.remove(at('/records/case/12/file')), { code: 'denied' });
  await storage.holds.lift(at('/short/case/12'));
  await storage.remove(at('/records/case/12/file'));
  await assert.rejects(storage.holds.set(at('/other/below'), { by: 'anna', reason: 'case 12' }), {
    code: 'not-directory',
  });
});

test('a file that is kept of a held path is restored elsewhere as a copy, and stays', async () => {
  await using temporary = await temporaryStorage({ trash: {} });
  const { storage, root } = temporary;
  await put(storage, '/held', 'evidence');
  await storage.remove(at('/held'));
  await storage.holds.set(at('/held'), { by: 'anna', reason: 'case 12' });
  const [kept] = await Array.fromAsync(storage.trash.list(ROOT));
  assert.ok(kept);
  await storage.trash.restore(kept, at('/elsewhere'));
  await storage.remove(at('/elsewhere'));
  assert.deepEqual(
    (await Array.fromAsync(storage.trash.list(at('/held')))).map(({ id }) => id),
    [kept.id],
  );
  assert.equal(await readFile(join(root, '.lockport-trash/held', kept.id), 'utf8'), 'evidence');
});

test('a hold of an encrypted storage goes by the plain path', async () => {
  await using temporary = await temporaryStorage();
  const storage = encryptedStorage(temporary.storage, { keys: [Buffer.alloc(32, 1)], namesKey: Buffer.alloc(32, 2) });
  await put(storage, '/record', 'patient');
  await storage.holds?.set(at('/record'), { by: 'anna', reason: 'case 12' });
  await assert.rejects(storage.remove(at('/record')), { code: 'denied' });
  assert.deepEqual(
    (await storage.holds?.list())?.map(({ path }) => path),
    ['/record'],
  );
});
