import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Account, type FileChange, type Files, ROOT, resolvePath, StorageError } from '../../../core/index.ts';
import { accountFiles, QuotaCounters } from '../../../files/index.ts';
import { account } from '../../../identity/index.ts';
import type { EventFile, RuleEvent } from '../../../operations/index.ts';
import { localStorage } from '../../../storage/index.ts';
import type { Action } from './action.ts';
import { entryAt, eventFile } from './event-file.ts';
import { relocation } from './relocation.ts';
import { removeAction } from './remove.ts';

const at = (path: string) => resolvePath(ROOT, path);
const TO_ARCHIVE = { to: '/archive/{date}/{name}', onExisting: 'number' } as const;
const ARCHIVED = '/archive/2026-11-30/a.xml';

/** The files of alice, with the directory of another storage at /vault. */
class Place {
  readonly root: string;
  readonly vault: string;
  readonly files: Files;
  readonly changes: FileChange[] = [];

  private constructor(root: string, vault: string, open: (onChange: (change: FileChange) => void) => Files) {
    this.root = root;
    this.vault = vault;
    this.files = open((change) => this.changes.push(change));
  }

  static async open(context: TestContext, quota: Account['quota'] = {}): Promise<Place> {
    const base = await mkdtemp(join(tmpdir(), 'lockport-'));
    const [root, vault] = [join(base, 'root'), join(base, 'vault')];
    for (const directory of [root, vault]) await mkdir(directory);
    const storages = [await localStorage({ root }), await localStorage({ root: vault })] as const;
    context.after(async () => {
      for (const storage of storages) await storage[Symbol.asyncDispose]();
      await rm(base, { recursive: true });
    });
    const [home, other] = storages;
    const alice = { ...account('alice', { home: ROOT }), quota, rights: [{ path: ROOT, rights: ['list'] as const }] };
    const mounts = [
      { at: ROOT, storage: home },
      { at: at('/vault'), storage: other },
      { at: at('/again'), storage: home.confine?.(ROOT) ?? home },
    ];
    const counters = new QuotaCounters(home);
    return new Place(root, vault, (onChange) =>
      accountFiles({ mounts, account: alice, counters, onChange, withoutRights: true }),
    );
  }

  /** An upload, as its event tells of it. */
  async upload(path: string, content: string): Promise<EventFile> {
    const upload = await this.files.write(at(path));
    upload.sink.end(content);
    const entry = await upload.commit();
    this.changes.length = 0;
    return eventFile(at(path), entry);
  }

  async act(action: Action, file: EventFile, event: Partial<RuleEvent> = {}) {
    const { signal } = new AbortController();
    const about: RuleEvent = {
      id: 'journal-4711',
      kind: 'uploaded',
      at: '2026-11-30T12:00:00.000Z',
      account: 'alice',
      path: file.path,
      ...event,
    };
    return action.perform(about, { signal, file, openFiles: async () => this.files });
  }

  /** The files, as `path=content`. */
  async all(directory = this.root, prefix = ''): Promise<readonly string[]> {
    const found: string[] = [];
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const [path, name] = [join(directory, entry.name), `${prefix}/${entry.name}`];
      if (entry.isDirectory()) found.push(...(await this.all(path, name)));
      else if (entry.isFile()) found.push(`${name}=${await readFile(path, 'utf8')}`);
    }
    return found.toSorted();
  }
}

test('a file is moved into directories that are made, and a repeated move finds it there', async (context) => {
  const place = await Place.open(context);
  const file = await place.upload('/a.xml', 'content');
  const move = relocation('move', TO_ARCHIVE);
  const first = await place.act(move, file);
  assert.deepEqual(await place.all(), [`${ARCHIVED}=content`]);
  assert.deepEqual(
    place.changes.map(({ change }) => change),
    ['directory-made', 'directory-made', 'renamed'],
  );
  const again = await place.act(move, file);
  assert.deepEqual([first.file?.path, again.file?.path, again.isOver], [ARCHIVED, ARCHIVED, undefined]);
  assert.deepEqual(await place.all(), [`${ARCHIVED}=content`]);
});

test('a file that was uploaded anew is not touched on the strength of the old event', async (context) => {
  for (const action of [
    relocation('move', TO_ARCHIVE),
    relocation('copy', TO_ARCHIVE),
    relocation('rename', { to: 'b', onExisting: 'replace' }),
    removeAction(),
  ]) {
    const place = await Place.open(context);
    const old = await place.upload('/a.xml', 'old one');
    await place.upload('/a.xml', 'new one');
    assert.equal((await place.act(action, old)).isOver, true, action.kind);
    assert.deepEqual(await place.all(), ['/a.xml=new one']);
    await place.files.remove(at('/a.xml'));
    assert.equal((await place.act(action, old)).isOver, true, action.kind);
  }
});

test('an earlier time that the client sets behind its upload does not make it another file, and a later one does', async (context) => {
  const place = await Place.open(context);
  const file = await place.upload('/a.xml', 'content');
  await utimes(join(place.root, 'a.xml'), new Date(), new Date(Date.now() + 60_000));
  assert.equal((await place.act(removeAction(), file)).isOver, true);
  await utimes(join(place.root, 'a.xml'), new Date(), new Date(0));
  assert.equal((await place.act(removeAction(), file)).detail, 'removed /a.xml');
  assert.deepEqual(await place.all(), []);
});

test('what has the name already stays, is replaced, or makes the move fail, as the rule has it', async (context) => {
  for (const [onExisting, expected] of [
    ['number', ['/to-4711.xml=new', '/to.xml=old']],
    ['replace', ['/to.xml=new']],
    ['fail', ['/a.xml=new', '/to.xml=old']],
  ] as const) {
    for (const kind of ['move', 'rename'] as const) {
      const place = await Place.open(context);
      await place.upload('/to.xml', 'old');
      const file = await place.upload('/a.xml', 'new');
      const action = relocation(kind, { to: kind === 'move' ? '/to.xml' : 'to.xml', onExisting });
      if (onExisting === 'fail') await assert.rejects(place.act(action, file), { code: 'action', isFinal: true });
      else for (let time = 0; time < 2; time += 1) await place.act(action, file);
      assert.deepEqual(await place.all(), expected);
    }
  }
});

test('a copy is made once, whatever is repeated, and another file of the same length is no copy', async (context) => {
  const place = await Place.open(context);
  await place.upload('/to.xml', 'old');
  const file = await place.upload('/a.xml', 'new');
  const copy = relocation('copy', { to: '/to.xml', onExisting: 'number' });
  for (let time = 0; time < 3; time += 1) assert.equal((await place.act(copy, file)).file, undefined);
  assert.deepEqual(await place.all(), ['/a.xml=new', '/to-4711.xml=new', '/to.xml=old']);
});

test('a move into another storage is finished where a crash came between the copy and the removal', async (context) => {
  const place = await Place.open(context);
  const file = await place.upload('/a.xml', 'content');
  const move = relocation('move', { to: '/vault/{name}', onExisting: 'fail' });
  await place.files.copy(at('/a.xml'), at('/vault/a.xml'), { keepModified: true });
  const done = await place.act(move, file);
  assert.equal(done.file?.path, '/vault/a.xml');
  assert.deepEqual([await place.all(), await place.all(place.vault)], [[], ['/a.xml=content']]);
  const again = await place.act(move, file);
  assert.deepEqual([again.file?.path, again.isOver], ['/vault/a.xml', undefined]);
  // The next action knows the copy for the file.
  assert.ok(again.file);
  assert.equal((await place.act(removeAction(), again.file)).detail, 'removed /vault/a.xml');
});

test('a file of the same name and length in the other storage is not taken for the copy: nothing is lost', async (context) => {
  const place = await Place.open(context);
  await writeFile(join(place.vault, 'a.xml'), 'another');
  const file = await place.upload('/a.xml', 'content');
  await utimes(join(place.vault, 'a.xml'), new Date(), new Date(file.modified));
  await assert.rejects(place.act(relocation('move', { to: '/vault/{name}', onExisting: 'fail' }), file));
  assert.deepEqual([await place.all(), await place.all(place.vault)], [['/a.xml=content'], ['/a.xml=another']]);
});

test('a move that a crash left with both names is finished, and makes no third one', async (context) => {
  for (const onExisting of ['number', 'replace', 'fail'] as const) {
    const place = await Place.open(context);
    const file = await place.upload('/a.xml', 'content');
    await link(join(place.root, 'a.xml'), join(place.root, 'b.xml'));
    const done = await place.act(relocation('move', { to: '/b.xml', onExisting }), file);
    assert.deepEqual([done.file?.path, await place.all()], ['/b.xml', ['/b.xml=content']], onExisting);
  }
});

test('a repeated move finds its own file under the name with the number, and not one of the same length and time', async (context) => {
  const place = await Place.open(context);
  await place.upload('/to.xml', 'another');
  const file = await place.upload('/a.xml', 'content');
  await utimes(join(place.root, 'to.xml'), new Date(), new Date(file.modified));
  const move = relocation('move', { to: '/to.xml', onExisting: 'number' });
  for (let time = 0; time < 2; time += 1) {
    assert.equal((await place.act(move, file)).file?.path, '/to-4711.xml');
  }
});

test('a time that lost a part of a millisecond does not make it another file', async (context) => {
  const place = await Place.open(context);
  for (const rounded of [-1, 1]) {
    const file = await place.upload('/a.xml', 'content');
    const by = (time: string) => new Date(Date.parse(time) + rounded).toISOString();
    const noted = { ...file, modified: by(file.modified), ...(file.created && { created: by(file.created) }) };
    assert.equal((await place.act(removeAction(), noted)).detail, 'removed /a.xml');
  }
});

test('a file that two mounts show, or two names, is not removed as if it had been copied', async (context) => {
  for (const onExisting of ['number', 'replace', 'fail'] as const) {
    const place = await Place.open(context);
    const file = await place.upload('/a.xml', 'content');
    await place.act(relocation('move', { to: '/again/{name}', onExisting }), file);
    assert.deepEqual(await place.all(), ['/a.xml=content'], onExisting);
  }
  const place = await Place.open(context);
  const file = await place.upload('/a.xml', 'content');
  await link(join(place.root, 'a.xml'), join(place.root, 'b.xml'));
  await place.act(relocation('move', { to: '/b.xml', onExisting: 'number' }), file);
  assert.ok((await place.all()).includes('/b.xml=content'));
});

test('a name that a client chose leads nowhere else, and one that can not be fails for good', async (context) => {
  const place = await Place.open(context);
  const file = await place.upload('/...', 'dots');
  await place.act(relocation('move', { to: '/archive/{name}', onExisting: 'fail' }), file);
  assert.deepEqual(await place.all(), ['/archive/...=dots']);
  const other = await place.upload('/b.', 'b');
  for (const [to, event] of [
    ['/archive/{account}/x', { account: '..' }],
    ['/archive/{account}/x', { account: '../../etc' }],
    ['/archive/{account}/x', { account: '/etc' }],
    ['/archive/.{extension}/x', {}],
    ['/archive/{sha256}/x', {}],
    ['/archive/{from}/x', {}],
  ] as const) {
    const action = relocation('move', { to, onExisting: 'number' });
    await assert.rejects(place.act(action, other, event), { code: 'action', isFinal: true }, to);
  }
  assert.deepEqual(await place.all(), ['/archive/...=dots', '/b.=b']);
});

test('a link leads out neither on the way to the target nor on that to the file', async (context) => {
  const place = await Place.open(context);
  const outside = join(place.root, '..', 'outside');
  await mkdir(outside);
  await symlink(outside, join(place.root, 'archive'));
  const file = await place.upload('/a.xml', 'content');
  await assert.rejects(place.act(relocation('move', TO_ARCHIVE), file), { code: 'action' });
  assert.deepEqual([await readdir(outside), await place.all()], [[], ['/a.xml=content']]);
  await writeFile(join(outside, 'b'), 'of others');
  const entry = await entryAt(place.files, at('/a.xml'));
  assert.ok(entry);
  await assert.rejects(place.act(removeAction(), { ...eventFile(at('/archive/b'), entry), size: 9 }), {
    code: 'action',
  });
  assert.deepEqual(await readdir(outside), ['b']);
});

test('a copy counts in the quota, and one that does not fit is not made', async (context) => {
  const place = await Place.open(context, { bytes: 10 });
  const file = await place.upload('/a.xml', 'content');
  await assert.rejects(
    place.act(relocation('copy', { to: '/b.xml', onExisting: 'fail' }), file),
    (error: Error) => error.cause instanceof StorageError && error.cause.code === 'over-quota',
  );
  assert.deepEqual(await place.all(), ['/a.xml=content']);
  // What is moved out of the home makes room there.
  await place.act(relocation('move', { to: '/vault/{name}', onExisting: 'fail' }), file);
  await place.upload('/b.xml', 'ten bytes.');
});
