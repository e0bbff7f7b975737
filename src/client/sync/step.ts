import type { VirtualPath } from '../../core/index.ts';

/**
 * Why a step is there.
 *
 * - `missing`: the destination does not have it; `interrupted`: it has the beginning of it
 * - `size`, `time`, `content`, `target`: in this the two sides differ
 * - `extraneous`: the source does not have it; `kind`: a file stands where a directory belongs, or the like
 * - `newer`: the destination's is newer; `link`: a symbolic link, which the plan or the destination leaves out
 * - `name`: no file can have this name, or two have it; `listing`: the directory could not be listed
 * - `depth`: too far down; `special`: a device, a pipe or the like
 * - `temporary`: a file that is not whole, which an upload or a download is making or has left
 */
export type SyncReason =
  | 'missing'
  | 'interrupted'
  | 'size'
  | 'time'
  | 'content'
  | 'target'
  | 'extraneous'
  | 'kind'
  | 'newer'
  | 'link'
  | 'name'
  | 'listing'
  | 'depth'
  | 'special'
  | 'temporary';

/** What is to happen to one entry. `skip`: nothing. */
export interface SyncAct {
  readonly action:
    | 'make-directory'
    | 'copy'
    | 'replace'
    | 'resume'
    | 'set-time'
    | 'delete'
    | 'delete-directory'
    | 'link'
    | 'skip';
  /** Below the directories that are synchronised, the same on both sides. */
  readonly path: VirtualPath;
  readonly reason: SyncReason;
  /** Of a file, in bytes. */
  readonly size?: number;
  /** The name as the source gave it, where it is none; `path` is then its directory. */
  readonly name?: string;
}

/** What became of it. */
export type SyncOutcome =
  | {
      readonly outcome: 'done' | 'planned' | 'skipped';
      /** For people: what could not be done behind it. A copy is there all the same. */
      readonly warning?: string;
    }
  | {
      readonly outcome: 'failed';
      /** For people; says the same as `error`, which JSON would not show. */
      readonly message: string;
      readonly error: Error;
    };

export type SyncEntryStep = SyncAct & SyncOutcome;

/** The last step of a run: how many steps there were of each outcome. */
export interface SyncSummary {
  readonly action: 'summary';
  readonly done: number;
  readonly planned: number;
  readonly skipped: number;
  readonly failed: number;
  /** Files and links that were the same on both sides: no step tells of them. */
  readonly unchanged: number;
  /** Bytes copied, or kept from an earlier run. */
  readonly bytes: number;
}

/** One object a step, good to print as a line of JSON. */
export type SyncStep = SyncEntryStep | SyncSummary;
