import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ROOT, resolvePath, type Storage, StorageError } from '../../core/index.ts';
import { localStorage } from './local-storage.ts';

const LEAST_ROUNDS = 250;
/** How often the race is run until both of its sides were met: that depends on the machine. */
const MOST_ROUNDS = 5000;
const INSIDE = 'from inside';
const OUTSIDE = 'from outside';

/** Swaps `flip` and `leaf` for links to outside and back, as fast as the system lets it. */
const FLIPPER = `
  const { renameSync, rmSync, symlinkSync } = require('node:fs');
  const { workerData, parentPort } = require('node:worker_threads');
  const { root, held, stop, links } = workerData;
  let flips = 0;
  while (Atomics.load(stop, 0) === 0) {
    for (const [name, target] of Object.entries(links)) {
      const path = root + '/' + name;
      renameSync(path, held + '/' + name);
      try {
        symlinkSync(target, path);
      } catch {
        // An upload has taken the name meanwhile.
      }
      rmSync(path);
      renameSync(held + '/' + name, path);
    }
    flips += 1;
  }
  parentPort.postMessage(flips);
`;

const at = (path: string) => resolvePath(ROOT, path);

const OPERATIONS: readonly ((storage: Storage) => Promise<unknown>)[] = [
  async (storage) => text(await storage.read(at('/flip/data'))),
  async (storage) => text(await storage.read(at('/leaf'))),
  async (storage) => upload(storage, '/flip/data'),
  async (storage) => upload(storage, '/flip/new'),
  async (storage) => upload(storage, '/leaf'),
  async (storage) => upload(storage, '/flip/data', 0),
  async (storage) => readOpened(storage, '/flip/data'),
  async (storage) => readOpened(storage, '/leaf'),
  async (storage) => edit(storage, '/flip/data'),
  async (storage) => edit(storage, '/leaf'),
  async (storage) => storage.copy?.(at('/leaf'), at('/flip/copy')),
  async (storage) => storage.copy?.(at('/flip/data'), at('/leaf')),
  async (storage) => text(await storage.read(at('/flip/copy'))),
  async (storage) => Array.fromAsync(storage.list(at('/flip'))),
  async (storage) => storage.setAttributes?.(at('/flip/data'), { mode: 0o604 }),
  async (storage) => storage.setAttributes?.(at('/leaf'), { modified: new Date(0) }),
  async (storage) => storage.setAttributes?.(at('/flip'), { modified: new Date(0) }),
  async (storage) => storage.makeDirectory(at('/flip/directory')),
  async (storage) => storage.removeDirectory(at('/flip/directory')),
  async (storage) => storage.rename(at('/flip/new'), at('/flip/other')),
  async (storage) => storage.remove(at('/flip/other')),
  async (storage) => storage.makeLink?.(at('/flip/link'), 'data'),
  async (storage) => storage.remove(at('/flip/link')),
  async (storage) => storage.remove(at('/flip/secret')),
];

async function readOpened(storage: Storage, path: string): Promise<string> {
  const file = await storage.openRead?.(at(path));
  const into = Buffer.alloc(100);
  try {
    return into.toString('utf8', 0, await file?.read(into, 0));
  } finally {
    await file?.close();
  }
}

async function edit(storage: Storage, path: string): Promise<string> {
  const file = await storage.openWrite?.(at(path));
  const into = Buffer.alloc(100);
  const length = (await file?.read(into, 0)) ?? 0;
  await file?.write(Buffer.from(INSIDE), 0);
  await file?.commit();
  return length === 0 ? INSIDE : into.toString('utf8', 0, length);
}

async function upload(storage: Storage, path: string, position?: number): Promise<void> {
  const begun = await storage.write(at(path), position === undefined ? {} : { at: position });
  begun.sink.write(INSIDE);
  await begun.commit();
}

test('while directories and files are swapped for links to outside, no byte comes from there or goes there', async () => {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'lockport-race-')));
  const [root, outside, held] = ['root', 'outside', 'held'].map((name) => join(base, name)) as [string, string, string];
  await Promise.all([mkdir(join(root, 'flip'), { recursive: true }), mkdir(outside), mkdir(held)]);
  await writeFile(join(root, 'flip/data'), INSIDE);
  await writeFile(join(root, 'leaf'), INSIDE);
  await writeFile(join(outside, 'secret'), OUTSIDE);
  await writeFile(join(outside, 'data'), OUTSIDE);
  const before = await snapshot(outside);

  const links = { flip: outside, leaf: join(outside, 'data') };
  const outcomes = new Map<string, number>();
  {
    await using storage = await localStorage({ root, durability: 'fast' });
    await using flipper = startFlipper({ root, held, links });
    const isMet = () => (outcomes.get('done') ?? 0) > 100 && (outcomes.get('denied') ?? 0) > 100;
    for (let round = 0; round < LEAST_ROUNDS || (!isMet() && round < MOST_ROUNDS); round += 1) {
      const results = await Promise.all(OPERATIONS.map((operate) => outcome(operate(storage))));
      for (const result of results) outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
    }
    assert.ok((await flipper.stop()) > 1000);
  }

  // Both sides of the race were met, or this proved nothing.
  assert.ok((outcomes.get('done') ?? 0) > 100, JSON.stringify([...outcomes]));
  assert.ok((outcomes.get('denied') ?? 0) > 100, JSON.stringify([...outcomes]));
  assert.deepEqual(await snapshot(outside), before);
  await rm(base, { recursive: true });
});

function startFlipper(where: { readonly root: string; readonly held: string; readonly links: object }) {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(FLIPPER, { eval: true, workerData: { ...where, stop } });
  const flips = once(worker, 'message');
  return {
    /** Gives how often it has swapped. */
    async stop(): Promise<number> {
      Atomics.store(stop, 0, 1);
      const [count] = await flips;
      return count;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    const result = await work;
    if (typeof result === 'string') assert.equal(result, INSIDE);
    if (Array.isArray(result)) assert.ok(!result.some(({ name }) => name === 'secret'));
    return 'done';
  } catch (error) {
    if (error instanceof StorageError) return error.code;
    throw error;
  }
}

async function snapshot(directory: string): Promise<unknown> {
  const names = (await readdir(directory)).toSorted();
  return Promise.all(
    [directory, ...names.map((name) => join(directory, name))].map(async (path) => {
      const { mode, mtimeMs, ctimeMs, ino } = await stat(path);
      return { path, mode, mtimeMs, ctimeMs, ino, content: path === directory ? names : await readFile(path, 'utf8') };
    }),
  );
}
