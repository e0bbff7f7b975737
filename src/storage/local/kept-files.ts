import { mkdir, rmdir, unlink } from 'node:fs/promises';
import type { Entry } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { Directory } from './directory.ts';
import { unless } from './failures.ts';
import { entriesIn } from './listing.ts';
import { keptSince, TRASH_NAME } from './names.ts';

/** Only the server looks at what is kept. */
const KEPT_MODE = 0o700;

/** A file that is kept, in the directory of its name: the tree of kept files has the shape of the tree that they were taken from. */
export interface FoundKept {
  /** The names of the path at which it stood, from the root of the storage on. */
  readonly names: readonly string[];
  /** Its name where it is kept. */
  readonly id: string;
  /** In ms since 1970. */
  readonly since: number;
  readonly entry: Entry;
}

/** The directory in which files are kept that stood at a path; undefined where there is none. */
export function keptDirectory(root: Directory, names: readonly string[]): Promise<Directory | undefined> {
  return entered(root, names, async () => undefined);
}

/** The same, made where it is missing. Somebody who finds it empty may remove it again. */
export async function madeKeptDirectory(root: Directory, names: readonly string[], durable: boolean) {
  return entered(root, names, async (above, name) => {
    await unless(
      ['EEXIST'],
      above.device.threads(() => mkdir(above.at(name), { mode: KEPT_MODE })),
    );
    if (durable) await above.sync();
    return unless(['ENOENT'], above.open(name));
  });
}

/** Every file that is kept of what stood at a path or below it. */
export async function* keptFiles(
  root: Directory,
  top: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<FoundKept> {
  const pending: Pending[] = [{ parent: undefined, name: '' }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    throwIfAborted(signal);
    const names = [...top, ...namesTo(at)];
    const opened = await keptDirectory(root, names);
    if (!opened) continue;
    await using directory = opened;
    for await (const entries of entriesIn(directory, signal)) {
      for (const entry of entries) {
        const since = keptSince(entry.name);
        if (since !== undefined) yield { names, id: entry.name, since, entry };
        else if (entry.kind === 'directory') pending.push({ parent: at, name: entry.name });
      }
    }
  }
}

/** Whether it was still there. */
export async function removeKept(root: Directory, { names, id }: Pick<FoundKept, 'names' | 'id'>): Promise<boolean> {
  const opened = await keptDirectory(root, names);
  if (!opened) return false;
  const removed = await unless(
    ['ENOENT'],
    opened.device.threads(() => unlink(opened.at(id)).then(() => true)),
  );
  await opened[Symbol.asyncDispose]();
  await removeEmptyKept(root, names);
  return removed ?? false;
}

/** Removes the directory of a path, and those above it, as far as nothing is kept in them any more. */
export async function removeEmptyKept(root: Directory, names: readonly string[]): Promise<void> {
  for (let depth = names.length; depth > 0; depth -= 1) {
    const opened = await keptDirectory(root, names.slice(0, depth - 1));
    if (!opened) continue;
    await using above = opened;
    const path = above.at(names[depth - 1] ?? '');
    const removed = await unless(
      ['ENOTEMPTY', 'EEXIST', 'ENOENT'],
      above.device.threads(() => rmdir(path).then(() => true)),
    );
    if (!removed) return;
  }
}

/** A directory that is still to be looked into. The ways of all share what they have in common. */
interface Pending {
  readonly parent: Pending | undefined;
  readonly name: string;
}

function namesTo(last: Pending): string[] {
  const names: string[] = [];
  for (let at = last; at.parent !== undefined; at = at.parent) names.push(at.name);
  return names.toReversed();
}

async function entered(
  root: Directory,
  names: readonly string[],
  make: (above: Directory, name: string) => Promise<Directory | undefined>,
): Promise<Directory | undefined> {
  let at = root;
  for (const name of [TRASH_NAME, ...names]) {
    const above = at;
    try {
      const next = (await unless(['ENOENT'], above.open(name))) ?? (await make(above, name));
      if (!next) return undefined;
      at = next;
    } finally {
      if (above !== root) await above[Symbol.asyncDispose]();
    }
  }
  return at;
}
