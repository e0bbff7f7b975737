import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join as joinPaths } from 'node:path';
import { describe, test } from 'node:test';
import { type Entry, ROOT, resolvePath, type Storage, StorageError } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { acquireLock } from './file-lock.ts';
import { join } from './join.ts';
import { RECORD_BYTES } from './join-record.ts';
import { Temporary } from './temporary.ts';
import { Walk } from './walk.ts';

const at = (path: string) => resolvePath(ROOT, path);
const OLD = Buffer.alloc(1_500_000, 'old ');
const MORE = Buffer.alloc(2_500_000, 'more');

async function put(storage: Storage, path: string, bytes: Buffer | string, options: object = {}): Promise<void> {
  const upload = await storage.write(at(path), options);
  upload.sink.write(bytes);
  await upload.commit();
}

const append = (storage: Storage, bytes: Buffer | string) => put(storage, '/file', bytes, { at: 'end' });

describe('in mid-join nobody takes the name from the file that is joined to', () => {
  const changes: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
    'an upload in its place': (storage) => put(storage, '/file', 'new'),
    'its removal': (storage) => storage.remove(at('/file')),
    'a file that gets its name': (storage) => storage.rename(at('/other'), at('/file')),
    'its new name': (storage) => storage.rename(at('/file'), at('/other')),
  };
  for (const [name, change] of Object.entries(changes)) {
    test(`${name} waits`, async () => {
      await using temporary = await temporaryStorage();
      const { root, storage } = temporary;
      await writeFile(joinPaths(root, 'file'), OLD);
      await writeFile(joinPaths(root, 'other'), 'other');
      await using walk = await Walk.from(root);
      await using location = await walk.resolve(at('/file'));
      const aside = await Temporary.create(location);
      await aside.handle.write(MORE, 0, MORE.length, RECORD_BYTES);
      const { ino } = await stat(joinPaths(root, 'file'));
      let changed: Promise<unknown> | undefined;
      {
        await using _ = await acquireLock(location.directory, location.name);
        for await (const step of join({ location, aside, length: MORE.length, durable: true })) {
          if (step === 'what came is aside') changed = change(storage);
          assert.equal((await stat(joinPaths(root, 'file'))).ino, ino, step);
        }
      }
      await changed;
      const left = await readdir(root);
      assert.deepEqual(
        left.filter((each) => each.startsWith('.')),
        [],
      );
      if (name === 'its new name') assert.equal((await stat(joinPaths(root, 'other'))).size, OLD.length + MORE.length);
      else if (left.includes('file')) assert.ok((await stat(joinPaths(root, 'file'))).size < 10);
    });
  }
});

/** What of a file is there when both have been confirmed, whichever came first. */
const outcomes: Readonly<
  Record<string, { readonly change: (storage: Storage) => Promise<unknown>; readonly allowed: readonly string[] }>
> = {
  'a new file in its place': { change: (storage) => put(storage, '/file', 'new'), allowed: ['new', 'newmore'] },
  'its removal': { change: (storage) => storage.remove(at('/file')), allowed: ['', 'more'] },
  'another file with its name': {
    change: (storage) => storage.rename(at('/other'), at('/file')),
    allowed: ['other', 'othermore'],
  },
  'its new name': { change: (storage) => storage.rename(at('/file'), at('/moved')), allowed: ['', 'more'] },
};

for (const processes of ['one', 'several'] as const)
  describe(`an append to a small file undoes nothing that ends at the same time (processes: ${processes})`, () => {
    for (const [name, { change, allowed }] of Object.entries(outcomes)) {
      test(name, async () => {
        await using temporary = await temporaryStorage({ processes });
        const { root, storage } = temporary;
        for (let round = 0; round < 60; round += 1) {
          await writeFile(joinPaths(root, 'file'), 'old');
          await writeFile(joinPaths(root, 'other'), 'other');
          await Promise.all([append(storage, 'more'), change(storage)]);
          const seen = await readFile(joinPaths(root, 'file'), 'utf8').catch(() => '');
          assert.ok(allowed.includes(seen), `round ${round}: ${seen}`);
        }
      });
    }

    test('its mode', async () => {
      await using temporary = await temporaryStorage({ processes });
      const { root, storage } = temporary;
      for (let round = 0; round < 60; round += 1) {
        await writeFile(joinPaths(root, 'file'), 'old');
        await storage.setAttributes(at('/file'), { mode: 0o644 });
        await Promise.all([append(storage, 'more'), storage.setAttributes(at('/file'), { mode: 0o600 })]);
        assert.equal((await storage.stat(at('/file'))).mode, 0o600, `round ${round}`);
      }
    });

    test('the first upload of its name', async () => {
      await using temporary = await temporaryStorage({ processes });
      const { root, storage } = temporary;
      for (let round = 0; round < 60; round += 1) {
        await Promise.all([append(storage, 'more'), put(storage, '/file', 'new')]);
        const seen = await readFile(joinPaths(root, 'file'), 'utf8');
        assert.ok(['new', 'newmore'].includes(seen), `round ${round}: ${seen}`);
        await storage.remove(at('/file'));
      }
    });
  });

test('a file that is joined to while it is to be removed as it was stays, with what came', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(joinPaths(root, 'file'), OLD);
  const unchanged = await storage.stat(at('/file'));
  await using walk = await Walk.from(root);
  await using location = await walk.resolve(at('/file'));
  const aside = await Temporary.create(location);
  await aside.handle.write(MORE, 0, MORE.length, RECORD_BYTES);
  let removed: Promise<unknown> | undefined;
  {
    await using _ = await acquireLock(location.directory, location.name);
    for await (const step of join({ location, aside, length: MORE.length, durable: true })) {
      // As it was, for everybody who looks: no byte is joined.
      if (step !== 'the file is marked') continue;
      assert.deepEqual(await storage.stat(at('/file')), unchanged);
      removed = assert.rejects(storage.remove(at('/file'), { unchanged }), { code: 'busy' });
    }
  }
  await removed;
  assert.equal((await storage.stat(at('/file'))).size, OLD.length + MORE.length);
});

test('of appends that make a file at the same time none is lost', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(['1', '2', '3'].map((piece) => append(storage, piece)));
    const seen = await readFile(joinPaths(root, 'file'), 'utf8');
    assert.equal(seen.split('').sort().join(''), '123', `round ${round}`);
    await storage.remove(at('/file'));
  }
});

test('of renames in both directions at the same time neither holds the other up', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await storage.makeDirectory(at('/d'));
  for (let round = 0; round < 20; round += 1) {
    for (const name of ['one', 'd/other']) await writeFile(joinPaths(root, name), name);
    const results = await Promise.allSettled([
      storage.rename(at('/one'), at('/d/other')),
      storage.rename(at('/d/other'), at('/one')),
    ]);
    assert.ok(results.some(({ status }) => status === 'fulfilled'));
    const left = (await readdir(root, { recursive: true })).filter((name) => name !== 'd');
    assert.equal(left.length, 1, left.join());
  }
});

test('a file that is renamed to its own name stays, by whatever path', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await storage.makeDirectory(at('/d'));
  await storage.makeLink?.(at('/link'), 'd');
  await writeFile(joinPaths(root, 'd', 'file'), 'old');
  await storage.rename(at('/d/file'), at('/link/file'));
  assert.equal(await readFile(joinPaths(root, 'd', 'file'), 'utf8'), 'old');
});

test('each file that uploads, removals and renames take the place of is told by one of them', async () => {
  await using temporary = await temporaryStorage({ durability: 'fast' });
  const { storage } = temporary;
  const file = at('/file');
  const told: number[] = [];
  const tell = (entry: Entry | undefined) => entry && told.push(entry.size);
  const isBenign = (error: unknown) =>
    assert.ok(error instanceof StorageError && error.code === 'not-found', String(error));
  let size = 0;
  const often = async (change: () => Promise<Entry | undefined>) => {
    for (let time = 0; time < 100; time += 1) await change().then(tell, isBenign);
  };
  const upload = async () => {
    const begun = await storage.write(file);
    size += 1;
    begun.sink.write(Buffer.alloc(size));
    return (await begun.commit()).replaced;
  };
  await Promise.all([
    often(upload),
    often(upload),
    often(() => storage.remove(file)),
    often(() => storage.rename(file, file)),
    often(() => storage.rename(file, file)),
  ]);
  assert.equal(new Set(told).size, told.length);
  assert.ok(told.length >= size - 1);
});
