import { unlink } from 'node:fs/promises';
import { ROOT } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { unless } from './failures.ts';
import { tryAcquireLock } from './file-lock.ts';
import { finishJoin } from './finish-join.ts';
import { giveBack } from './give-back.ts';
import { joinedName } from './join-record.ts';
import { tryLink } from './lock-link.ts';
import { claimOf, isFileLock, isJoin, isMarked, isPartial, isTemporary } from './names.ts';
import { isFreeRoot } from './nested-root.ts';
import type { LocalStorageSettings } from './settings.ts';
import { isLeftOver } from './temporary.ts';
import { visitTree } from './tree-walk.ts';
import type { Walk } from './walk.ts';

export interface SweepOptions {
  /** Interrupted uploads that nobody wrote to for longer than this are removed, in milliseconds. */
  readonly partialKeepMs: number;
  /** The mark of a process that is known to have ended (`LocalStorage.processMark`): all its temporary files go. */
  readonly endedProcess?: string;
  /** Directories below the root that no server holds any more, though one left its lock there. */
  readonly abandonedRoots?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

/** What a sweep removed. */
export interface SweepResult {
  /** Files of uploads that were under way when an earlier process ended. */
  readonly temporaries: number;
  /** Interrupted uploads that were too old. */
  readonly partials: number;
  /** Interrupted uploads that went on when an earlier process ended: they are kept again, as far as they went on from. */
  readonly givenBack: number;
  /** The first directory that was left out with all below it: another server sees to that. */
  readonly otherRoot?: string;
}

export async function sweepTree(
  walk: Walk,
  settings: LocalStorageSettings,
  options: SweepOptions,
): Promise<SweepResult> {
  const { endedProcess, abandonedRoots = new Set() } = options;
  const now = Date.now();
  let temporaries = 0;
  let partials = 0;
  let givenBack = 0;
  let otherRoot: string | undefined;
  const claims = new WeakMap<Directory, readonly string[]>();
  await visitTree(
    walk,
    ROOT,
    async ({ name, modified }, directory) => {
      if (isPartial(name) && now - modified.getTime() > options.partialKeepMs) {
        partials += await removed(directory, name);
      }
      if (isJoin(name)) await finishLeftOver(directory, name);
      if (isFileLock(name)) await endLeftOver(directory, name);
      const isOfEnded = endedProcess !== undefined && isMarked(name, endedProcess);
      if (!isOfEnded && !(isTemporary(name) && (await isLeftOver(directory, name, settings.since)))) return;
      if (claimOf(name) === undefined) temporaries += await removed(directory, name);
      else claims.set(directory, [...(claims.get(directory) ?? []), name]);
    },
    options.signal,
    { enter, leave },
  );
  return { temporaries, partials, givenBack, ...(otherRoot !== undefined && { otherRoot }) };

  async function leave(directory: Directory): Promise<void> {
    const { restored, unneeded } = await giveBack(directory, claims.get(directory) ?? []);
    givenBack += restored;
    for (const name of unneeded) temporaries += await removed(directory, name);
  }

  async function enter(directory: Directory, path: string): Promise<boolean> {
    if (path === ROOT || abandonedRoots.has(path) || (await isFreeRoot(directory, settings))) return true;
    otherRoot ??= path;
    return false;
  }
}

/** Finishes a join that a crash interrupted. */
async function finishLeftOver(directory: Directory, recordName: string): Promise<void> {
  const name = await joinedName(directory, recordName);
  if (name === undefined) return;
  await using lock = await tryAcquireLock(directory, name);
  // Where that fails, readers are given the file as it was, and the next sweep tries again.
  if (lock !== undefined) await finishJoin(directory, name).catch(() => undefined);
}

/** Removes the lock of a process that has ended. */
async function endLeftOver(directory: Directory, linkName: string): Promise<void> {
  await using _ = await tryLink(directory, linkName);
}

/** 1 where it was still there. */
async function removed(directory: Directory, name: string): Promise<number> {
  const done = await unless(
    ['ENOENT', 'EISDIR', 'EPERM'],
    directory.device.threads(() => unlink(directory.at(name)).then(() => 1)),
  );
  return done ?? 0;
}
