import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, link, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join as joinPaths } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ROOT, resolvePath, type Storage } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { acquireLock } from './file-lock.ts';
import { join } from './join.ts';
import { RECORD_BYTES } from './join-record.ts';
import { localStorage } from './local-storage.ts';
import { Temporary } from './temporary.ts';
import { Walk } from './walk.ts';

const at = (path: string) => resolvePath(ROOT, path);
const OLD = Buffer.alloc(1_500_000, 'old ');
/** Several portions. */
const MORE = Buffer.alloc(2_500_000, 'more');
const NEW = Buffer.concat([OLD, MORE]);

/** Joins, and is killed behind a step. Its last words are the number of steps where there were not so many. */
const JOINER = `
  const load = (name) => import(new URL(name, ${JSON.stringify(import.meta.url)}).href);
  const [{ join }, { RECORD_BYTES }, { Temporary }, { Walk }, { acquireLock }] = await Promise.all(
    ['./join.ts', './join-record.ts', './temporary.ts', './walk.ts', './file-lock.ts'].map(load));
  const [root, directory, last, signal = 'SIGKILL'] = process.argv.slice(1);
  const location = await (await Walk.from(root)).resolve(directory + '/file');
  const aside = await Temporary.create(location);
  const more = Buffer.alloc(${MORE.length}, 'more');
  await aside.handle.write(more, 0, more.length, RECORD_BYTES);
  let steps = 0;
  await using lock = await acquireLock(location.directory, 'file');
  for await (const step of join({ location, aside, length: more.length, durable: true })) {
    steps += 1;
    if (steps === Number(last)) process.kill(process.pid, signal);
  }
  process.stdout.write(String(steps));
`;

async function joinUntil(root: string, directory: string, step: number): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', JOINER, root, directory, String(step)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = buffer(child.stdout);
  await once(child, 'close');
  return (await output).toString();
}

async function bytesOf(storage: Storage, path = '/file'): Promise<Buffer> {
  return buffer(await storage.read(at(path)));
}

async function append(storage: Storage, bytes: Buffer | string, options: object = {}): Promise<void> {
  const upload = await storage.write(at('/file'), { at: 'end', ...options });
  upload.sink.write(bytes);
  await upload.commit();
}

test('a join that is killed behind any of its steps leaves the whole old or the whole new file, for readers at once', async () => {
  let steps = 0;
  for (let isWhole = false; !isWhole; steps += 1) {
    await using temporary = await temporaryStorage();
    const { root } = temporary;
    await writeFile(joinPaths(root, 'file'), OLD, { mode: 0o640 });
    isWhole = (await joinUntil(root, '', steps + 1)) !== '';

    await using next = await localStorage({ root });
    const seen = await bytesOf(next);
    assert.ok(seen.equals(OLD) || seen.equals(NEW), `step ${steps + 1}: ${seen.length} bytes`);
    assert.equal((await next.stat(at('/file'))).size, seen.length);
    assert.equal((await next.stat(at('/file'))).mode, 0o640);
    const [listed] = (await Array.fromAsync(next.list(ROOT))).flat();
    assert.deepEqual([listed?.name, listed?.size, listed?.mode], ['file', seen.length, 0o640]);

    await next.sweep({ partialKeepMs: 0 });
    const onDisk = await readFile(joinPaths(root, 'file'));
    assert.ok(onDisk.equals(OLD) || onDisk.equals(NEW), `step ${steps + 1}: ${onDisk.length} bytes on the disk`);
    assert.deepEqual(await readdir(root), ['file']);
    assert.equal((await stat(joinPaths(root, 'file'))).mode & 0o7777, 0o640);
    assert.deepEqual(await next.usage(ROOT), { bytes: onDisk.length, files: 1 });
  }
  assert.ok(steps > 8, `${steps}`);
});

describe('what a crash left in the middle of a join is recovered', () => {
  const changes: Readonly<Record<string, (storage: Storage) => Promise<Buffer>>> = {
    'before an append': async (storage) => {
      await append(storage, MORE);
      return Buffer.concat([NEW, MORE]);
    },
    'before a rename': async (storage) => {
      await storage.rename(at('/file'), at('/other'));
      await storage.rename(at('/other'), at('/file'));
      return NEW;
    },
    'before its mode is set': async (storage) => {
      await storage.setAttributes?.(at('/file'), { mode: 0o600 });
      return NEW;
    },
    'before an upload into its middle': async (storage) => {
      await append(storage, 'XX', { at: 1 });
      return Buffer.concat([NEW.subarray(0, 1), Buffer.from('XX'), NEW.subarray(3)]);
    },
    'and forgotten when the file is replaced': async (storage) => {
      await append(storage, OLD, { at: undefined });
      return OLD;
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    test(name, async () => {
      await using temporary = await temporaryStorage();
      const { root } = temporary;
      await writeFile(joinPaths(root, 'file'), OLD);
      await joinUntil(root, '', 4);
      await using next = await localStorage({ root });
      const expected = await change(next);
      await next.sweep({ partialKeepMs: 0 });
      assert.ok(expected.equals(await bytesOf(next)));
      assert.ok(expected.equals(await readFile(joinPaths(root, 'file'))));
      assert.deepEqual(await readdir(root), ['file']);
    });
  }
});

test('until a join has ended readers are given the file as it was, and then as it is', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(joinPaths(root, 'file'), OLD);
  await using walk = await Walk.from(root);
  await using location = await walk.resolve(at('/file'));
  const aside = await Temporary.create(location);
  await aside.handle.write(MORE, 0, MORE.length, RECORD_BYTES);
  let renamed: Promise<unknown> | undefined;
  let isOver = false;
  const lock = await acquireLock(location.directory, 'file');
  for await (const step of join({ location, aside, length: MORE.length, durable: true })) {
    isOver ||= step === 'the mark is gone';
    if (isOver) continue;
    const seen = await bytesOf(storage);
    assert.ok(seen.equals(OLD), `${step}: ${seen.length}`);
    assert.equal((await storage.stat(at('/file'))).size, OLD.length);
    if (step === 'the file is marked') renamed = storage.rename(at('/file'), at('/moved'));
  }
  await lock[Symbol.asyncDispose]();
  await renamed;
  assert.ok(NEW.equals(await bytesOf(storage, '/moved')));
  assert.deepEqual(await readdir(root), ['moved']);
});

test('to append, and to go on in the middle, costs nothing of what is there before the first byte is taken', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  const path = joinPaths(root, 'file');
  await writeFile(path, '');
  // Without bytes on the medium, and more than could ever be copied.
  const huge = 2 ** 42;
  await truncate(path, huge);
  const { ino } = await stat(path);
  await append(storage, 'more');
  await append(storage, '!', { at: huge + 4 });
  const { size, ino: same } = await stat(path);
  assert.deepEqual([size, same], [huge + 5, ino]);
  assert.equal((await buffer(await storage.read(at('/file'), { start: huge - 2 }))).toString(), '\0\0more!');
  const middle = await storage.write(at('/file'), { at: huge - 1 });
  middle.sink.write('middle');
  await middle.discard();
  assert.deepEqual(await readdir(root), ['file']);
});

test('of appends at the same time none is lost, and one to a named position is refused when the file has changed', async () => {
  for (const before of [OLD, Buffer.from('small')]) {
    await using temporary = await temporaryStorage();
    const { root, storage } = temporary;
    await writeFile(joinPaths(root, 'file'), before);
    const [one, other] = [
      await storage.write(at('/file'), { at: 'end' }),
      await storage.write(at('/file'), { at: 'end' }),
    ];
    const placed = await storage.write(at('/file'), { at: before.length });
    const middle = await storage.write(at('/file'), { at: 1 });
    for (const upload of [one, other, placed, middle]) upload.sink.write('1234');
    await one.commit();
    await other.commit();
    await assert.rejects(placed.commit(), { code: 'busy' });
    await assert.rejects(middle.commit(), { code: 'busy' });
    assert.ok((await bytesOf(storage)).equals(Buffer.concat([before, Buffer.from('12341234')])));
    assert.deepEqual(await readdir(root), ['file']);
  }
});

test('of appends that end at the same time none is lost, whether they are joined or copied', async () => {
  for (const [before, names] of [
    [Buffer.from('small'), ['file']],
    [OLD, ['file']],
    [OLD, ['file', 'other']],
  ] as const) {
    await using temporary = await temporaryStorage();
    const { root, storage } = temporary;
    await writeFile(joinPaths(root, 'file'), before);
    for (const name of names.slice(1)) await link(joinPaths(root, 'file'), joinPaths(root, name));
    const pieces = Array.from({ length: 6 }, (_, index) => `<${index}>`);
    await Promise.all(pieces.map((piece) => append(storage, piece)));
    const whole = await bytesOf(storage);
    assert.equal(whole.length, before.length + 18);
    assert.deepEqual(whole.subarray(before.length).toString().match(/<.>/g)?.sort(), pieces);
    assert.deepEqual(await readdir(root), [...names]);
  }
});

test('a sweep leaves a join that another process is at alone', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  const path = joinPaths(root, 'file');
  await writeFile(path, OLD);
  const child = spawn(process.execPath, ['--input-type=module', '-e', JOINER, root, '', '4', 'SIGSTOP']);
  const ended = once(child, 'close');
  const isStopped = async () => / T /.test(await readFile(`/proc/${child.pid}/stat`, 'latin1'));
  while (!(await isStopped())) await setTimeout(10);
  const names = await readdir(root);
  await storage.sweep({ partialKeepMs: 0 });
  assert.deepEqual(await readdir(root), names);
  assert.ok(OLD.equals(await bytesOf(storage)));
  child.kill('SIGCONT');
  await ended;
  assert.ok(NEW.equals(await readFile(path)));
  assert.deepEqual(await readdir(root), ['file']);
});

test('a lock that a crash left holds nobody up, and goes with the next', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(joinPaths(root, 'file'), 'small');
  const script = `
    const load = (name) => import(new URL(name, ${JSON.stringify(import.meta.url)}).href);
    const [{ acquireLock }, { Walk }] = await Promise.all(['./file-lock.ts', './walk.ts'].map(load));
    const { directory, name } = await (await Walk.from(process.argv[1])).resolve('/file');
    await acquireLock(directory, name);
    process.kill(process.pid, 'SIGKILL');
  `;
  await once(spawn(process.execPath, ['--input-type=module', '-e', script, root], { stdio: 'inherit' }), 'close');
  assert.equal((await readdir(root)).length, 2);
  await append(storage, ' more');
  assert.equal((await bytesOf(storage)).toString(), 'small more');
  assert.deepEqual(await readdir(root), ['file']);
});

test('of uploads into the middle that end at the same time one is taken, and the others hear that the file has changed', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(joinPaths(root, 'file'), '.'.repeat(1000));
  const uploads = await Promise.all([10, 20, 30].map((position) => storage.write(at('/file'), { at: position })));
  for (const upload of uploads) upload.sink.write('XX');
  const outcomes = await Promise.allSettled(uploads.map((upload) => upload.commit()));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await bytesOf(storage)).toString().replaceAll('.', ''), 'XX');
  assert.deepEqual(await readdir(root), ['file']);
});

test('an append to one of two names of a file leaves the other name as it is', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(joinPaths(root, 'file'), OLD);
  await link(joinPaths(root, 'file'), joinPaths(root, 'other'));
  await append(storage, MORE);
  assert.ok(NEW.equals(await bytesOf(storage)));
  assert.ok(OLD.equals(await bytesOf(storage, '/other')));
});

test('a mark of somebody else on a file changes nothing', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(joinPaths(root, 'file'), OLD);
  await chmod(joinPaths(root, 'file'), 0o1644);
  assert.ok(OLD.equals(await bytesOf(storage)));
  await append(storage, MORE);
  assert.ok(NEW.equals(await bytesOf(storage)));
});

test('of appends that end at the same moment none is lost, whatever is copied or joined', async () => {
  for (const before of [OLD, Buffer.from('small')]) {
    await using temporary = await temporaryStorage();
    const { root, storage } = temporary;
    await writeFile(joinPaths(root, 'file'), before);
    await Promise.all(Array.from({ length: 8 }, () => append(storage, '1234')));
    assert.ok((await bytesOf(storage)).equals(Buffer.concat([before, Buffer.from('1234'.repeat(8))])));
    assert.deepEqual(await readdir(root), ['file']);
  }
});

test('of all who find what a crash left one finishes it, and what came later stays', async () => {
  await using temporary = await temporaryStorage();
  const { root } = temporary;
  await writeFile(joinPaths(root, 'file'), OLD);
  await joinUntil(root, '', 4);
  const storages = await Promise.all(Array.from({ length: 4 }, () => localStorage({ root })));
  await Promise.all(storages.flatMap((storage) => [append(storage, '1234'), storage.sweep({ partialKeepMs: 0 })]));
  const [storage] = storages;
  assert.ok(storage);
  assert.ok(Buffer.concat([NEW, Buffer.from('1234'.repeat(4))]).equals(await bytesOf(storage)));
  await storage.sweep({ partialKeepMs: 0 });
  assert.deepEqual(await readdir(root), ['file']);
  for (const each of storages) await each[Symbol.asyncDispose]();
});

test('a directory with the file removed in mid-join by a process that is gone can be removed', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await storage.makeDirectory(at('/d'));
  await writeFile(joinPaths(root, 'd', 'file'), OLD);
  await joinUntil(root, '/d', 4);
  await using next = await localStorage({ root, since: Date.now() + 60_000 });
  await next.remove(at('/d/file'));
  await next.removeDirectory(at('/d'));
  assert.deepEqual(await readdir(root), []);
});

test('a new file that got the number of one in mid-join keeps its bytes', async () => {
  await using temporary = await temporaryStorage();
  const { root } = temporary;
  await writeFile(joinPaths(root, 'file'), OLD);
  await joinUntil(root, '', 4);
  // As the same number, without the mark: what the client put there afterwards.
  const other = Buffer.alloc(OLD.length + 1000, 'x');
  await writeFile(joinPaths(root, 'file'), other);
  await truncate(joinPaths(root, 'file'), other.length);
  await chmod(joinPaths(root, 'file'), 0o644);
  await using next = await localStorage({ root });
  await next.sweep({ partialKeepMs: 0 });
  assert.ok(other.equals(await bytesOf(next)));
});

test('an upload into the middle of a file in a directory leaves nothing beside it', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await storage.makeDirectory(at('/d'));
  await writeFile(joinPaths(root, 'd', 'file'), 'old');
  for (const text of ['ab', 'cd']) {
    const upload = await storage.write(at('/d/file'), { at: 0 });
    upload.sink.write(text);
    await upload.commit();
  }
  assert.deepEqual(await readdir(joinPaths(root, 'd')), ['file']);
});
