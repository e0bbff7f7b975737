import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { localStorage } from './local-storage.ts';
import { LOCK_NAME } from './names.ts';

const at = (path: string) => resolvePath(ROOT, path);

/** Begins uploads in a process of its own and says so; then it waits for its end. */
const UPLOADER = `
  const { localStorage } = await import(${JSON.stringify(import.meta.resolve('./local-storage.ts'))});
  const storage = await localStorage({ root: process.argv[1] });
  for (const path of ['/old', '/new', '/directory/file']) {
    const { sink } = await storage.write(path);
    await new Promise((resolve) => sink.write(Buffer.alloc(1_000_000, 'x'), resolve));
  }
  const resumed = await storage.write('/partial', { at: 'end' });
  await new Promise((resolve) => resumed.sink.write('more', resolve));
  process.stdout.write('ready');
  setInterval(() => {}, 60_000);
`;

test('a process that is killed in mid-upload publishes nothing, and the next one sweeps what it left', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(join(root, 'old'), 'old content');
  await storage.makeDirectory(at('/directory'));
  const interrupted = await storage.write(at('/partial'));
  interrupted.sink.write('half');
  await interrupted.suspend();

  const uploader = spawn(process.execPath, ['--input-type=module', '-e', UPLOADER, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(uploader.stdout, 'data');
  uploader.kill('SIGKILL');
  await once(uploader, 'close');

  const left = await readdir(root, { recursive: true });
  assert.equal(left.filter((name) => name.endsWith('.tmp')).length, 4);
  await using next = await localStorage({ root });
  const names = (await Array.fromAsync(next.list(ROOT)))
    .flat()
    .map(({ name }) => name)
    .toSorted();
  assert.deepEqual(names, ['directory', 'old']);
  assert.equal(await readFile(join(root, 'old'), 'utf8'), 'old content');
  assert.deepEqual(await next.sweep({ partialKeepMs: Infinity }), { temporaries: 3, partials: 0, givenBack: 1 });
  assert.equal((await next.partial(at('/partial')))?.size, 4);
  const resumed = await next.write(at('/partial'), { at: 4 });
  resumed.sink.write(' and more');
  await resumed.commit();
  assert.equal(await readFile(join(root, 'partial'), 'utf8'), 'half and more');
  assert.deepEqual((await readdir(root, { recursive: true })).toSorted(), ['directory', 'old', 'partial']);
});

/** Changes files at any position, and copies a large one, in a process of its own; what began is told as it begins. */
const EDITOR = `
  const { localStorage } = await import(${JSON.stringify(import.meta.resolve('./local-storage.ts'))});
  const storage = await localStorage({ root: process.argv[1] });
  const [old, made, half, later] = await Promise.all(['/old', '/new', '/half', '/later'].map((path) => storage.openWrite(path)));
  await old.write(Buffer.from('XXX'), 4);
  await old.truncate(9);
  await made.write(Buffer.alloc(1_000_000, 'x'), 0);
  await half.write(Buffer.from('behind'), 10);
  await later.write(Buffer.from('XX'), 6);
  await later.write(Buffer.from('XX'), 3);
  for (const file of [old, made, half, later]) await file.flush();
  storage.copy('/large', '/copy');
  const { readdir } = await import('node:fs/promises');
  const isCopying = (names) => names.includes('copy') || names.filter((name) => name.endsWith('.tmp')).length === 5;
  while (!isCopying(await readdir(process.argv[1])));
  process.stdout.write('ready');
  setInterval(() => {}, 60_000);
`;

test('a process that is killed before it commits changes leaves the old files whole, and no half copy', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(join(root, 'old'), 'old content');
  await writeFile(join(root, 'large'), Buffer.alloc(200_000_000, 'l'));
  for (const path of ['/half', '/later']) {
    const interrupted = await storage.write(at(path));
    interrupted.sink.write('0123456789');
    await interrupted.suspend();
  }
  const editor = spawn(process.execPath, ['--input-type=module', '-e', EDITOR, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(editor.stdout, 'data');
  editor.kill('SIGKILL');
  await once(editor, 'close');

  await using next = await localStorage({ root });
  const entries = (await Array.fromAsync(next.list(ROOT))).flat();
  const sizes = Object.fromEntries(entries.map(({ name, size }) => [name, size]));
  // The copy may have been made by then.
  assert.deepEqual({ copy: 200_000_000, ...sizes }, { copy: 200_000_000, large: 200_000_000, old: 11 });
  assert.equal(await readFile(join(root, 'old'), 'utf8'), 'old content');
  assert.equal((await next.sweep({ partialKeepMs: Infinity })).givenBack, 2);
  // What lies before the first byte that was written over is as it was.
  assert.equal((await next.partial(at('/half')))?.size, 10);
  assert.equal((await next.partial(at('/later')))?.size, 3);
  const resumed = await next.openWrite(at('/later'));
  await resumed.write(Buffer.from('!'), 3);
  await resumed.commit();
  assert.equal(await readFile(join(root, 'later'), 'utf8'), '012!');
  assert.deepEqual(
    (await readdir(root)).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('a sweep leaves uploads under way, recent interrupted ones and the files of others alone', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  const live = await storage.write(at('/live'));
  live.sink.write('live');
  const interrupted = await storage.write(at('/recent'));
  interrupted.sink.write('half');
  await interrupted.suspend();
  for (const name of ['file.tmp', 'file.partial', '.lockport', '.lockport-other'])
    await writeFile(join(root, name), '');

  await using next = await localStorage({ root });
  assert.deepEqual(await next.sweep({ partialKeepMs: 3_600_000 }), { temporaries: 0, partials: 0, givenBack: 0 });
  assert.equal((await storage.partial(at('/recent')))?.size, 4);
  assert.equal((await live.commit()).size, 4);
  assert.equal((await readdir(root)).length, 6);
});

test('a sweep removes interrupted uploads that are too old', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  const interrupted = await storage.write(at('/file'));
  interrupted.sink.write('half');
  await interrupted.suspend();
  const [name = ''] = await readdir(root);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(join(root, name), anHourAgo, anHourAgo);
  assert.deepEqual(await storage.sweep({ partialKeepMs: 3_500_000 }), { temporaries: 0, partials: 1, givenBack: 0 });
  assert.deepEqual(await readdir(root), []);
});

test('a sweep leaves the root of another server alone, with all below it, unless that is abandoned', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  const deep = join(root, 'other', 'deep');
  await mkdir(deep, { recursive: true });
  for (const directory of [root, join(root, 'other')]) await writeFile(join(directory, LOCK_NAME), '');
  const left = ['.lockport-a0a0a0a0a0a0x.tmp', '.lockport-0123.partial'];
  for (const name of left) {
    await writeFile(join(deep, name), 'x');
    await utimes(join(deep, name), 1, 1);
  }
  const options = { partialKeepMs: 0, endedProcess: 'a0a0a0a0a0a0' };
  const nothing = { temporaries: 0, partials: 0, givenBack: 0, otherRoot: '/other' };
  assert.deepEqual(await storage.sweep(options), nothing);
  assert.deepEqual((await readdir(deep)).toSorted(), left.toSorted());
  const swept = await storage.sweep({ ...options, abandonedRoots: new Set([at('/other')]) });
  assert.deepEqual(swept, { temporaries: 1, partials: 1, givenBack: 0 });
});

test('a sweep ends when it is told to', async () => {
  await using temporary = await temporaryStorage();
  const sweep = temporary.storage.sweep({ partialKeepMs: 0, signal: AbortSignal.abort() });
  await assert.rejects(sweep, { code: 'aborted' });
});
