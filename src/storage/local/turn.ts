import { setTimeout } from 'node:timers/promises';
import { StorageError } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { look } from './look.ts';
import { turnName } from './names.ts';
import type { Settings } from './settings.ts';
import { Line } from './turn-line.ts';
import { type LinkedTurn, tryLink } from './turn-link.ts';

/** How long a change waits for the one before it; then the file is busy. */
const MAX_WAIT_MS = 30_000;
const MAX_PAUSE_MS = 20;

/** The right to make a change that depends on what a file is. Ends when it is disposed, or with the process. */
export type Turn = LinkedTurn;

/** What a turn is of. */
interface Named {
  readonly directory: Directory;
  readonly name: string;
}

/**
 * Who heeds a turn. `several`: all processes, by a link. `one`: those in this process; it makes no link, and waits for who
 * has left one.
 */
type Processes = Settings['processes'];

/** Waits for the turn of the file `name`, whoever has it. @throws StorageError `busy` */
export function takeTurn(directory: Directory, name: string, processes: Processes = 'several'): Promise<Turn> {
  return takeTurns([{ directory, name }], processes);
}

/** The same of several files, which must be different ones. No link is held while another one is waited for. */
export async function takeTurns(files: readonly Named[], processes: Processes, maxWaitMs = MAX_WAIT_MS): Promise<Turn> {
  const deadline = performance.now() + maxWaitMs;
  const keys: string[] = [];
  for (const { directory, name } of files) {
    // One for all paths to a directory, and for all storages of this process.
    const stats = await look(directory, '.');
    keys.push(`${stats?.dev}:${stats?.ino}:${name}`);
  }
  const line = new Line(keys);
  try {
    if (!line.isFirst && !(await line.reached(maxWaitMs))) throw busy();
    for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      const links = await tryLinks(files, processes);
      if (links !== undefined) return turnOf(links, line);
      if (performance.now() >= deadline) throw busy();
      // Not in step with who waits for the same.
      await setTimeout(pauseMs * (0.5 + Math.random()));
    }
  } catch (error) {
    line[Symbol.dispose]();
    throw error;
  }
}

/** The turn of a file, unless somebody has it or waits for it. */
export async function tryTurn(directory: Directory, name: string): Promise<Turn | undefined> {
  try {
    return await takeTurns([{ directory, name }], 'several', 0);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'busy') return undefined;
    throw error;
  }
}

function turnOf(links: readonly LinkedTurn[], line: Line): Turn {
  return {
    isHeld: links.every(({ isHeld }) => isHeld),
    [Symbol.asyncDispose]: () => leave(links, line),
  };
}

/** Links first: who is next in line finds none. */
async function leave(links: readonly LinkedTurn[], line: Line): Promise<void> {
  using _ = line;
  if (links.length > 0) await end(links);
}

/** The links of all; undefined, and none, where a process that is there has one of them. */
async function tryLinks(files: readonly Named[], processes: Processes): Promise<readonly LinkedTurn[] | undefined> {
  const links: LinkedTurn[] = [];
  try {
    for (const { directory, name } of files) {
      const linkName = turnName(name);
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

async function end(links: readonly LinkedTurn[]): Promise<void> {
  for (const link of links) await link[Symbol.asyncDispose]();
}

function busy(): StorageError {
  return new StorageError('busy', 'The file is being changed');
}
