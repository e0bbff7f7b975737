import { setTimeout } from 'node:timers/promises';
import { StorageError } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { type LockLink, tryLink } from './lock-link.ts';
import { LockRequest } from './lock-request.ts';
import { look } from './look.ts';
import { fileLockName } from './names.ts';
import type { LocalStorageSettings } from './settings.ts';

/** How long a change waits for the lock; after that, the file is busy. */
const MAX_WAIT_MS = 30_000;
const MAX_PAUSE_MS = 20;

/** The lock of a file: only its holder may make a change that depends on what the file is. Ends when it is disposed, or with the process. */
export type FileLock = LockLink;

/** The file that a lock is for, whether it exists or not. */
interface Named {
  readonly directory: Directory;
  readonly name: string;
}

/**
 * Who respects a lock. `several`: all processes, by a link. `one`: this process alone. It makes no link, but waits for the
 * link of another process.
 */
type Processes = LocalStorageSettings['processes'];

/** Waits for the lock of the file `name`. @throws StorageError `busy` */
export function acquireLock(directory: Directory, name: string, processes: Processes = 'several'): Promise<FileLock> {
  return acquireLocks([{ directory, name }], processes);
}

/** The same for several files, which must be different ones. No link is held while it waits for another one. */
export async function acquireLocks(
  files: readonly Named[],
  processes: Processes,
  maxWaitMs = MAX_WAIT_MS,
): Promise<FileLock> {
  const deadline = performance.now() + maxWaitMs;
  const keys: string[] = [];
  for (const { directory, name } of files) {
    // The same key for all paths to a directory, and for all storages of this process.
    const stats = await look(directory, '.');
    keys.push(`${stats?.dev}:${stats?.ino}:${name}`);
  }
  const request = new LockRequest(keys);
  try {
    if (!request.isFirst && !(await request.granted(maxWaitMs))) throw busy();
    for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      const links = await tryLinks(files, processes);
      if (links !== undefined) return lockOf(links, request);
      if (performance.now() >= deadline) throw busy();
      // Random, so that those who wait for one lock do not try in step.
      await setTimeout(pauseMs * (0.5 + Math.random()));
    }
  } catch (error) {
    request[Symbol.dispose]();
    throw error;
  }
}

/** The lock of a file, unless somebody holds it or waits for it. */
export async function tryAcquireLock(directory: Directory, name: string): Promise<FileLock | undefined> {
  try {
    return await acquireLocks([{ directory, name }], 'several', 0);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'busy') return undefined;
    throw error;
  }
}

function lockOf(links: readonly LockLink[], request: LockRequest): FileLock {
  return {
    isHeld: links.every(({ isHeld }) => isHeld),
    [Symbol.asyncDispose]: () => leave(links, request),
  };
}

/** Removes the links first, so that the next request in the queue finds none. */
async function leave(links: readonly LockLink[], request: LockRequest): Promise<void> {
  using _ = request;
  if (links.length > 0) await end(links);
}

/** The links of all files; undefined, and no link, where a running process has one of them. */
async function tryLinks(files: readonly Named[], processes: Processes): Promise<readonly LockLink[] | undefined> {
  const links: LockLink[] = [];
  try {
    for (const { directory, name } of files) {
      const linkName = fileLockName(name);
      if (processes === 'one' && (await look(directory, linkName)) === undefined) continue;
      const link = await tryLink(directory, linkName);
      if (link === undefined) {
        await end(links);
        return undefined;
      }
      links.push(link);
    }
    return links;
  } catch (error) {
    await end(links);
    throw error;
  }
}

async function end(links: readonly LockLink[]): Promise<void> {
  for (const link of links) await link[Symbol.asyncDispose]();
}

function busy(): StorageError {
  return new StorageError('busy', 'The file is being changed');
}
