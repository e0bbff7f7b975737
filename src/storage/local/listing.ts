import { lstat, opendir } from 'node:fs/promises';
import { decodeText, type Entry } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { Directory } from './directory.ts';
import { entryOf } from './entries.ts';
import { unless } from './failures.ts';
import { linkTarget } from './steps.ts';

/** Names that one call to the system brings; all that is held of a directory, however large it is. */
const NAMES_A_READ = 512;
/** Entries looked at side by side: enough to keep a slow disk busy. */
const BATCH = 32;

/** Every name of a directory, ours too, in the order of the file system. */
export async function* namesIn(directory: Directory): AsyncGenerator<string> {
  // The names come as bytes, which the types of Node do not say.
  const encoding = 'buffer' as BufferEncoding;
  for await (const { name } of await opendir(directory.at('.'), { encoding, bufferSize: NAMES_A_READ })) {
    yield decodeText(name as unknown as Buffer);
  }
}

/** Every entry of a directory, ours too; not what is neither file, directory nor link. */
export async function* entriesIn(directory: Directory, signal?: AbortSignal): AsyncGenerator<Entry> {
  let batch: string[] = [];
  for await (const name of namesIn(directory)) {
    if (batch.push(name) < BATCH) continue;
    throwIfAborted(signal);
    yield* await lookAt(directory, batch);
    batch = [];
  }
  throwIfAborted(signal);
  yield* await lookAt(directory, batch);
}

async function lookAt(directory: Directory, names: readonly string[]): Promise<Entry[]> {
  const entries = await Promise.all(names.map((name) => entryIn(directory, name)));
  return entries.filter((entry) => entry !== undefined);
}

/** The entry itself, not what a link leads to; undefined where it is gone or no plain entry. */
async function entryIn(directory: Directory, name: string): Promise<Entry | undefined> {
  const stats = await unless(['ENOENT'], lstat(directory.at(name), { bigint: true }));
  if (stats === undefined) return undefined;
  return entryOf(name, stats, stats.isSymbolicLink() ? await linkTarget(directory, name) : undefined);
}
