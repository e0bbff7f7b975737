import { unlink } from 'node:fs/promises';
import { ROOT } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { unless } from './failures.ts';
import { look } from './look.ts';
import { isPartial, isTemporary } from './names.ts';
import { isLive } from './temporary.ts';
import { visitTree } from './tree-walk.ts';
import type { Walk } from './walk.ts';

export interface SweepOptions {
  /** Interrupted uploads that nobody wrote to for longer than this are removed, in milliseconds. */
  readonly partialKeepMs: number;
  readonly signal?: AbortSignal;
}

/** What a sweep removed. */
export interface SweepResult {
  /** Files of uploads that were under way when an earlier process ended. */
  readonly temporaries: number;
  /** Interrupted uploads that were too old. */
  readonly partials: number;
}

/** @param openedAt when this process opened the storage, in milliseconds since 1970: what is younger is not left over. */
export async function sweepTree(walk: Walk, openedAt: number, options: SweepOptions): Promise<SweepResult> {
  const now = Date.now();
  let temporaries = 0;
  let partials = 0;
  await visitTree(
    walk,
    ROOT,
    async ({ name, modified }, directory) => {
      if (isPartial(name) && now - modified.getTime() > options.partialKeepMs) {
        partials += await removed(directory, name);
      }
      if (isTemporary(name) && !isLive(name) && (await changedAt(directory, name)) < openedAt) {
        temporaries += await removed(directory, name);
      }
    },
    options.signal,
  );
  return { temporaries, partials };
}

/** Of the file's name too, unlike the time of its content: an interrupted upload that is gone on with may be old. */
async function changedAt(directory: Directory, name: string): Promise<number> {
  const stats = await look(directory, name);
  return stats ? Number(stats.ctimeMs) : Infinity;
}

/** 1 where it was still there. */
async function removed(directory: Directory, name: string): Promise<number> {
  const done = await unless(
    ['ENOENT', 'EISDIR', 'EPERM'],
    directory.device.threads(() => unlink(directory.at(name)).then(() => 1)),
  );
  return done ?? 0;
}
