import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  type Entry,
  isWithin,
  ROOT,
  resolvePath,
  type Storage,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { localStorage } from './local-storage.ts';

const SECRET = 'from outside';

/** A root beside a directory with a secret; links of all kinds lead from the one to the other. */
async function makeTrap() {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'lockport-trap-')));
  const root = join(base, 'root');
  const outside = join(base, 'outside');
  await mkdir(join(root, 'inside/deeper'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(root, 'inside/file'), 'from inside');
  await writeFile(join(outside, 'secret'), SECRET);
  await symlink(outside, join(root, 'absolute'));
  await symlink('../outside', join(root, 'relative'));
  await symlink('../../../outside', join(root, 'inside/deep'));
  await symlink('/proc/self/root', join(root, 'proc'));
  await symlink('/', join(root, 'slash'));
  await symlink(`${root}/../outside/secret`, join(root, 'dotted'));
  await symlink(join(outside, 'secret'), join(root, 'secret'));
  await symlink(join(outside, 'new'), join(root, 'new'));
  await symlink(join(root, 'inside/file'), join(root, 'mapped'));
  const storage = await localStorage({ root });
  return {
    base,
    root,
    outside,
    storage,
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await rm(base, { recursive: true });
    },
  };
}

/** Everything that a path can be given to. */
const OPERATIONS: { readonly [verb: string]: (storage: Storage, path: VirtualPath) => Promise<unknown> } = {
  stat: (storage, path) => storage.stat(path),
  list: (storage, path) => Array.fromAsync(storage.list(path)),
  read: async (storage, path) => text(await storage.read(path)),
  write: async (storage, path) => {
    const upload = await storage.write(path);
    upload.sink.write('overwritten');
    return upload.commit();
  },
  append: async (storage, path) => {
    const upload = await storage.write(path, { at: 'end' });
    upload.sink.write('appended');
    return upload.commit();
  },
  digest: async (storage, path) => storage.digest?.(path, 'SHA-256'),
  setMode: async (storage, path) => storage.setAttributes?.(path, { mode: 0o777 }),
  setModified: async (storage, path) => storage.setAttributes?.(path, { modified: new Date(0) }),
  makeDirectory: (storage, path) => storage.makeDirectory(path),
  removeDirectory: (storage, path) => storage.removeDirectory(path),
  remove: (storage, path) => storage.remove(path),
  renameFrom: (storage, path) => storage.rename(path, resolvePath(ROOT, '/renamed')),
  renameTo: (storage, path) => storage.rename(resolvePath(ROOT, '/inside/file'), path),
  makeLink: async (storage, path) => storage.makeLink?.(path, 'x'),
};

const CORPUS = [
  '../outside/secret',
  '../../../../../../../../etc/passwd',
  'inside/../../outside/secret',
  '/../outside/secret',
  'absolute/secret',
  'relative/secret',
  'inside/deep/secret',
  'inside/deeper/../../absolute/secret',
  'secret',
  'new',
  'dotted',
  'proc/etc/passwd',
  'proc/self/environ',
  'slash/etc/passwd',
  'absolute',
  'absolute/.',
  'absolute/../secret',
  'absolute/new',
  '..\\..\\outside\\secret',
  'C:\\',
  '\\\\?\\C:\\',
  '//host/share',
  '%2e%2e/outside/secret',
  '\udcc0\udcae\udcc0\udcae/outside/secret',
  '.\u2024/outside/secret',
  '\uff0e\uff0e/outside/secret',
  'CON',
  'secret.',
  'secret::$DATA',
  'secre\u0301t',
];

for (const [verb, operate] of Object.entries(OPERATIONS)) {
  test(`no path and no link leads ${verb} outside`, async () => {
    await using trap = await makeTrap();
    for (const given of CORPUS) {
      const result = await operate(trap.storage, resolvePath(ROOT, given)).catch((error: unknown) => {
        assert.ok(error instanceof StorageError, `${given}: ${String(error)}`);
        assert.ok(!error.message.includes(trap.base), error.message);
        return error.code;
      });
      assert.ok(!JSON.stringify(result ?? null).includes(SECRET), given);
      assert.ok(!JSON.stringify(result ?? null).includes('root:'), given);
    }
    assert.deepEqual(await readdir(trap.outside), ['secret']);
    assert.equal(await readFile(join(trap.outside, 'secret'), 'utf8'), SECRET);
    assert.equal((await stat(join(trap.outside, 'secret'))).mode & 0o777, 0o644 & ~process.umask());
    assert.notEqual((await stat(trap.outside)).mtimeMs, 0);
  });
}

test('a listing shows where a link leads inside, and of one that leads outside only that it is a link', async () => {
  await using trap = await makeTrap();
  const listed = (await Array.fromAsync(trap.storage.list(ROOT))).flat();
  const target = (name: string): string | undefined => listed.find((entry: Entry) => entry.name === name)?.target;
  assert.equal(target('mapped'), '/inside/file');
  assert.equal(target('relative'), '../outside');
  assert.equal(target('absolute'), undefined);
  assert.equal(listed.find(({ name }) => name === 'absolute')?.kind, 'link');
  assert.equal(await text(await trap.storage.read(resolvePath(ROOT, '/mapped'))), 'from inside');
});

test('a link is stored without the path of the host', async () => {
  await using trap = await makeTrap();
  await trap.storage.makeLink(resolvePath(ROOT, '/inside/deeper/link'), '/inside/file');
  assert.equal(await readlink(join(trap.root, 'inside/deeper/link')), '../../inside/file');
});

test('whatever path is given, what is reached lies below the root', async () => {
  await using trap = await makeTrap();
  const name = fc.constantFrom(
    '..',
    '.',
    '',
    'inside',
    'deeper',
    'deep',
    'absolute',
    'relative',
    'slash',
    'proc',
    'secret',
    'file',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(name, { maxLength: 8 }), async (names) => {
      const path = resolvePath(ROOT, names.join('/'));
      const entry = await trap.storage.stat(path).catch(() => undefined);
      if (entry === undefined) return;
      const real = (await realpath(join(trap.root, path))) as VirtualPath;
      assert.ok(isWithin(trap.root as VirtualPath, real), `${path} reached ${real}`);
    }),
    { numRuns: 300 },
  );
});

test('a FIFO, a socket and a device are neither listed nor opened, and nothing waits for them', async () => {
  await using trap = await makeTrap();
  execFileSync('mkfifo', [join(trap.root, 'fifo')]);
  await using socket = createServer();
  await new Promise<void>((resolve) => {
    socket.listen(join(trap.root, 'socket'), resolve);
  });
  const names = (await Array.fromAsync(trap.storage.list(ROOT))).flat().map((entry) => entry.name);
  for (const name of ['fifo', 'socket']) {
    assert.ok(!names.includes(name));
    for (const verb of [
      'stat',
      'read',
      'write',
      'append',
      'digest',
      'setMode',
      'setModified',
      'remove',
      'renameFrom',
      'renameTo',
    ]) {
      await assert.rejects(
        async () => OPERATIONS[verb]?.(trap.storage, resolvePath(ROOT, name)),
        { code: 'denied' },
        verb,
      );
    }
    await assert.rejects(Array.fromAsync(trap.storage.list(resolvePath(ROOT, name))), { code: 'not-directory' });
  }
});

test('our own names are refused as names of files', async () => {
  await using trap = await makeTrap();
  for (const name of ['.lockport-x', '.lockport-0123.tmp', '.LOCKPORT-x', '.lockport-x/below', 'inside/.lockport-x']) {
    for (const operate of Object.values(OPERATIONS)) {
      await assert.rejects(operate(trap.storage, resolvePath(ROOT, name)), { code: 'denied' });
    }
  }
});

test('no descriptor stays open, whether operations succeed or fail', async () => {
  await using trap = await makeTrap();
  const open = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
  const before = await open();
  for (const given of ['inside/file', 'inside', 'missing', 'missing/x', 'mapped', ...CORPUS]) {
    for (const operate of Object.values(OPERATIONS)) {
      await operate(trap.storage, resolvePath(ROOT, given)).catch(() => undefined);
    }
  }
  assert.equal(await open(), before);
});
