import { type BigIntStats, type Dirent, lstatSync } from 'node:fs';
import { lstat, opendir, readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { decodeText, type Entry, type UnlistedEntry } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { Directory } from './directory.ts';
import { entryOf } from './entries.ts';
import { unless } from './failures.ts';
import { beforeJoin, isJoining } from './join-record.ts';
import { look } from './look.ts';
import { isListed, isReserved } from './names.ts';
import { linkTarget } from './steps.ts';

/** Names that one call to the system brings; all that is held of a directory, however large it is. */
const NAMES_A_READ = 512;
/** Entries looked at together: so few that what was made for them is gone before the next collection of new objects. */
const ENTRIES_A_BATCH = 64;
/** How long everything else may wait for entries that are looked at here. */
const SLICE_MS = 2;
/** A medium that takes longer for an entry does not answer from memory. */
const QUICK_MS = 0.05;
/** Entries looked at side by side on the threads: enough to keep a slow medium busy. */
const SIDE_BY_SIDE = 32;

/** Every name of a directory, ours too, in the order of the file system. */
export async function* namesIn(directory: Directory): AsyncGenerator<string> {
  for await (const batch of direntBatchesIn(directory)) yield* batch.map(nameOf);
}

/** The names of the entries that `entriesIn` gives, without a look at any whose kind the file system tells beside its name. */
export async function* entryNamesIn(directory: Directory, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
  for await (const batch of direntBatchesIn(directory)) {
    throwIfAborted(signal);
    const names: string[] = [];
    for (const dirent of batch) {
      const name = nameOf(dirent);
      if (isEntry(dirent) || (hasNoKind(dirent) && (await isEntryAt(directory, name)))) names.push(name);
    }
    yield names;
  }
  throwIfAborted(signal);
}

/** What is left out of listings, and is none of ours: by its name, or as neither file, directory nor link. */
export async function* unlistedIn(directory: Directory, signal?: AbortSignal): AsyncGenerator<UnlistedEntry> {
  for await (const batch of direntBatchesIn(directory)) {
    throwIfAborted(signal);
    for (const dirent of batch) {
      const name = nameOf(dirent);
      if (isReserved(name)) continue;
      if (!isListed(name)) yield { name, isDirectory: await isDirectoryAt(directory, dirent), why: 'name' };
      else if (!isEntry(dirent) && !(hasNoKind(dirent) && (await isEntryAt(directory, name)))) {
        yield { name, isDirectory: false, why: 'kind' };
      }
    }
  }
}

/**
 * Every entry of a directory, ours too, some at once; not what is neither file, directory nor link. As long as the system answers from
 * memory it is asked right here, a slice of time at once: the way to the threads and back takes three times what the
 * answer takes. Behind a slow slice the threads do the rest of the names that came together.
 */
export async function* entriesIn(directory: Directory, signal?: AbortSignal): AsyncGenerator<readonly Entry[]> {
  let turned = performance.now();
  for await (const batch of direntBatchesIn(directory)) {
    const names = batch.map(nameOf);
    let isQuick = true;
    for (let start = 0; start < names.length; ) {
      throwIfAborted(signal);
      const began = performance.now();
      const here: readonly FoundStats[] = isQuick ? askHere(directory, names, start) : [];
      const stats: readonly FoundStats[] = here.length > 0 ? here : await askThreads(directory, names, start);
      isQuick &&= performance.now() - began < QUICK_MS * stats.length;
      yield await entriesOf(directory, names, start, stats);
      start += stats.length;
      if (performance.now() - turned < SLICE_MS) continue;
      await setImmediate();
      turned = performance.now();
    }
  }
  throwIfAborted(signal);
}

/** A name of a directory, and what the system says of its kind beside it, which may be nothing. */
type Named = Pick<Dirent, 'name' | KindTest>;
type KindTest =
  | 'isFile'
  | 'isDirectory'
  | 'isSymbolicLink'
  | 'isFIFO'
  | 'isSocket'
  | 'isCharacterDevice'
  | 'isBlockDevice';

const no = (): boolean => false;
const NO_KIND = {
  isFile: no,
  isDirectory: no,
  isSymbolicLink: no,
  isFIFO: no,
  isSocket: no,
  isCharacterDevice: no,
  isBlockDevice: no,
};

/** Names as the system gives them, with what it says of their kinds, in batches. */
function direntBatchesIn(directory: Directory): AsyncGenerator<readonly Named[]> {
  return directory.device.isLocal ? localBatchesIn(directory) : namesAloneIn(directory);
}

/**
 * Where the system tells a name alone, as many a file system of a program does, Node looks at its kind while everybody
 * waits, whichever way it is asked for kinds. So it is asked for none; all names are held, which come in one answer.
 */
async function* namesAloneIn(directory: Directory): AsyncGenerator<readonly Named[]> {
  const names = await directory.device.threads(() => readdir(directory.at('.'), { encoding: 'latin1' }));
  for (let start = 0; start < names.length; start += NAMES_A_READ) {
    yield names.slice(start, start + NAMES_A_READ).map((name) => ({ name, ...NO_KIND }));
  }
}

async function* localBatchesIn(directory: Directory): AsyncGenerator<readonly Named[]> {
  const { device } = directory;
  const found = await device.threads(() =>
    opendir(directory.at('.'), { encoding: 'latin1', bufferSize: NAMES_A_READ }),
  );
  const read = () => device.threads(() => found.read());
  try {
    for (let first = await read(); first !== null; first = await read()) {
      const batch = [first];
      while (batch.length < NAMES_A_READ) {
        // These have come with the first one, and a promise for each would cost more than all the rest. Behind the last
        // of them the system is asked for more.
        const next = device.attributes.isQuick ? found.readSync() : await read();
        if (next === null) break;
        batch.push(next);
      }
      yield batch;
    }
  } finally {
    await device.threads(() => found.close());
  }
}

function isEntry(dirent: Named): boolean {
  return dirent.isFile() || dirent.isDirectory() || dirent.isSymbolicLink();
}

/** Some file systems tell names alone. */
function hasNoKind(dirent: Named): boolean {
  return !(
    isEntry(dirent) ||
    dirent.isFIFO() ||
    dirent.isSocket() ||
    dirent.isCharacterDevice() ||
    dirent.isBlockDevice()
  );
}

async function isEntryAt(directory: Directory, name: string): Promise<boolean> {
  const stats = await look(directory, name);
  return stats !== undefined && entryOf(name, stats) !== undefined;
}

async function isDirectoryAt(directory: Directory, dirent: Named): Promise<boolean> {
  if (!hasNoKind(dirent)) return dirent.isDirectory();
  return (await look(directory, nameOf(dirent)))?.isDirectory() ?? false;
}

/** Names come with a character for each byte: bytes that are no UTF-8 survive, and most names need no second look. */
function nameOf({ name }: Named): string {
  return /[^\0-\x7f]/.test(name) ? decodeText(Buffer.from(name, 'latin1')) : name;
}

/** What is known of an entry itself, not of what a link leads to; undefined where it is gone. */
type FoundStats = BigIntStats | undefined;

function askHere(directory: Directory, names: readonly string[], start: number): readonly FoundStats[] {
  let asked = performance.now();
  const deadline = asked + SLICE_MS;
  const end = Math.min(names.length, start + ENTRIES_A_BATCH);
  const found: FoundStats[] = [];
  for (let index = start; index < end && asked <= deadline; index += 1) {
    const name = names[index] ?? '';
    // Something else may be mounted on it.
    const device = directory.deviceOf(name);
    if (!device.attributes.isQuick) break;
    found.push(lstatSync(directory.at(name), { bigint: true, throwIfNoEntry: false }));
    const answered = performance.now();
    device.attributes.took(answered - asked);
    asked = answered;
  }
  return found;
}

function askThreads(directory: Directory, names: readonly string[], start: number): Promise<readonly FoundStats[]> {
  const batch = names.slice(start, start + SIDE_BY_SIDE);
  const ask = (name: string): Promise<FoundStats> =>
    unless(
      ['ENOENT'],
      directory.deviceOf(name).threads(() => lstat(directory.at(name), { bigint: true })),
    );
  return Promise.all(batch.map(ask));
}

async function entriesOf(
  directory: Directory,
  names: readonly string[],
  start: number,
  found: readonly FoundStats[],
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const [index, stats] of found.entries()) {
    if (stats === undefined) continue;
    const name = names[start + index] ?? '';
    const target = stats.isSymbolicLink() ? await linkTarget(directory, name) : undefined;
    const entry = entryOf(name, stats, target);
    if (entry === undefined) continue;
    entries.push(isJoining(entry) ? await beforeJoin(directory, name, entry) : entry);
  }
  return entries;
}
