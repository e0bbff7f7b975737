import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import {
  type Entry,
  type Files,
  joinPath,
  namesOf,
  ROOT,
  resolvePath,
  StorageError,
  type StorageErrorCode,
  type VirtualPath,
} from '../../../core/index.ts';
import { type EventFile, isStillFile } from '../../../operations/index.ts';
import { ActionError, type Performed, type Surroundings } from './action.ts';

/** The file of an event, which is still the one that the event told of. */
export interface FileOfEvent {
  readonly files: Files;
  readonly path: VirtualPath;
  /** As it was seen: for `unchanged`. */
  readonly entry: Entry;
  readonly signal: AbortSignal;
}

/** Nothing is to be done, as the file is not there any more, or is another one, whose own event tells of it. */
export const GONE: Performed = { detail: 'the file was changed or is gone: nothing is done', isOver: true };
const UNKNOWN: Performed = {
  detail: 'the record does not tell which whole file it was: nothing is done',
  isOver: true,
};

/** Failures that another attempt does not mend. */
const FINAL: ReadonlySet<StorageErrorCode> = new Set([
  'exists',
  'denied',
  'invalid-name',
  'is-directory',
  'not-directory',
  'unsupported',
]);

/**
 * Carries out an action on the file of an event while it is the file that the event told of.
 * @param elsewhere finds what an attempt that a crash cut short has done already
 */
export async function withEventFile(
  { file, openFiles, signal }: Surroundings,
  work: (found: FileOfEvent) => Promise<Performed>,
  elsewhere: (files: Files, file: EventFile) => Promise<Performed> = async () => GONE,
): Promise<Performed> {
  if (!file) return UNKNOWN;
  const files = await openFiles();
  try {
    const path = resolvePath(ROOT, file.path);
    const entry = await entryAt(files, path, signal);
    if (!entry || !isStillFile(entry, file)) return await elsewhere(files, file);
    return await work({ files, path, entry, signal });
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    throw new ActionError(cause.message, { cause, isFinal: FINAL.has(cause.code) });
  }
}

/** What stands at a path, a link itself; undefined for nothing. */
export async function entryAt(files: Files, path: VirtualPath, signal?: AbortSignal): Promise<Entry | undefined> {
  try {
    return await files.stat(path, { followLinks: false, signal });
  } catch (error) {
    if (error instanceof StorageError && MISSING.has(error.code)) return undefined;
    throw error;
  }
}

const MISSING: ReadonlySet<StorageErrorCode> = new Set(['not-found', 'not-directory', 'incomplete']);

/** The file at a path, as the actions behind this one know it again. */
export function eventFile(path: VirtualPath, { size, modified, created, unique }: Entry): EventFile {
  return {
    path,
    size,
    modified: modified.toISOString(),
    ...(created && { created: created.toISOString() }),
    ...(unique !== undefined && { unique }),
  };
}

/** Makes the directories of a path that are missing. */
export async function makeDirectories({ files, signal }: FileOfEvent, directory: VirtualPath): Promise<void> {
  let path = ROOT;
  for (const name of namesOf(directory)) {
    path = joinPath(path, name);
    try {
      // As accounts see it: a link to a directory is one.
      if ((await files.stat(path, { signal })).kind === 'directory') continue;
      throw new StorageError('not-directory', 'A file stands where the directory is to be');
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'not-found') throw error;
    }
    await files.makeDirectory(path, { signal }).catch((error: unknown) => {
      // Somebody else was faster.
      if (!(error instanceof StorageError) || error.code !== 'exists') throw error;
    });
  }
}

/** Whether a file at another path is a copy of what was found, and no other name of it. */
export async function isCopy({ files, path, entry, signal }: FileOfEvent, to: VirtualPath): Promise<boolean> {
  const other = await entryAt(files, to, signal);
  if (other?.kind !== 'file' || other.size !== entry.size) return false;
  if (entry.unique === undefined || other.unique === undefined || entry.unique === other.unique) return false;
  const [one, two] = [await digestOf(files, path, signal), await digestOf(files, to, signal)];
  return one === two;
}

async function digestOf(files: Files, path: VirtualPath, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(await files.read(path, { signal }), hash, { signal });
  return hash.digest('hex');
}
