import { ROOT, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import { isMaxDelete, type MaxDelete } from './deletion-limit.ts';
import type { SyncProgress } from './progress.ts';

/**
 * When two files of one name count as the same.
 *
 * - `size-and-time`: same size, same time
 * - `size`, `time`: that alone
 * - `checksum`: same size and same digest, as both sides tell it; without digests at both ends it is refused
 * - `missing`: always; only what the destination lacks is copied
 *
 * Where the destination can't set times, refuses that of the file, or is not to set them, "same time" means that the
 * source is not the newer one.
 */
export type SyncCompare = 'size-and-time' | 'size' | 'time' | 'checksum' | 'missing';

/** What a `sync` does and how far it may go. Everything may be left out. */
export interface SyncPlan {
  /** The directory to copy from. Default: the root. */
  readonly from?: VirtualPath;
  /** The directory to copy into; it is made where it is missing. Nothing outside is touched. Default: the root. */
  readonly to?: VirtualPath;
  /**
   * Where given, only what matches one of these takes part; see `exclude` for patterns. Directories are made only as
   * far as something in them takes part.
   */
  readonly include?: readonly string[];
  /**
   * What matches one of these takes no part: it is neither copied nor deleted, and `include` does not bring it back.
   * A pattern that matches a directory holds for all below it. A pattern without `/` is compared with the name, at any
   * depth; one with `/` at its beginning or inside, with the whole path below `from`; a `/` at the end means
   * directories only. `*`, `?` and `[a-z]` stand for characters of one name, `**` between slashes for any number of
   * names; `\` takes the next character as it is.
   */
  readonly exclude?: readonly string[];
  /**
   * Remove from the destination what the source does not have, and what has the place of something of another kind.
   * A directory whose listing failed or is incomplete loses nothing. Default: false.
   */
  readonly delete?: boolean;
  /**
   * How many entries `delete` may remove: a number, or a share of what takes part at the destination (`'75%'`). A run that
   * would remove more fails with `too-many-deletions` before it changes anything, for which both sides are listed twice,
   * and the paths that are to go are held in memory: what was not to go at the first look is a failed step (`changed`) at
   * the second. A dry run tells its steps first. `'100%'` and Infinity: all, without a look. Default: half, or 20 where
   * half is less.
   */
  readonly maxDelete?: MaxDelete;
  /** Tell what would be done and do nothing. Default: false. */
  readonly dryRun?: boolean;
  /** Default: `size-and-time`. */
  readonly compare?: SyncCompare;
  /** Never replace a file that is newer at the destination. Default: false. */
  readonly update?: boolean;
  /**
   * Times that differ by no more than this are the same, in ms. Default: 1000; a minute or a day where a server's listing
   * tells no more than that.
   */
  readonly timeToleranceMs?: number;
  /** How far the times of the destination run ahead of those of the source, in ms: clocks, time zones. Default: 0. */
  readonly timeOffsetMs?: number;
  /** Give copied files the time of their source, where the destination can. Default: true. */
  readonly keepTimes?: boolean;
  /**
   * Keep interrupted uploads, and go on with one where the source was last modified before the kept upload began. What
   * was resumed is compared by digest where both sides have one. Default: true.
   */
  readonly resume?: boolean;
  /**
   * Symbolic links of the source. `skip`: each is reported as skipped. `follow`: what they lead to is copied, as far as
   * it lies in `from` where the source can tell. `copy`: links are made, their text unread. Default: `skip`.
   */
  readonly links?: 'skip' | 'follow' | 'copy';
  /**
   * Compare the digests of both sides after each copy; a copy that differs is removed again. Refused without digests at
   * both ends: reading the files back would cost as much as copying them twice. Default: false.
   */
  readonly verify?: boolean;
  /**
   * Files copied at once. Each needs a connection of its own on each remote side; where both sides are one server, two.
   * A remote destination needs one more, to look after names meanwhile: without it the run waits forever. Default: 4.
   */
  readonly parallel?: number;
  /** Bytes a second, at the most, for all copies together. */
  readonly maxBytesPerSecond?: number;
  /** After an entry failed: go on with the others, or end after what is under way. Default: `continue`. */
  readonly onFailure?: 'continue' | 'stop';
  /** Directories below one another; a deeper one is a failed step. Default: 64. */
  readonly maxDepth?: number;
  /** Entries of one directory, all of which are held at once; with more it is a failed step. Default: 1,000,000. */
  readonly maxDirectoryEntries?: number;
  /** Entries of both sides together; with more the run is refused. Default: 20,000,000. */
  readonly maxEntries?: number;
  /** Called for each piece that was copied. What it throws fails that copy. */
  readonly onProgress?: (progress: SyncProgress) => void;
  /**
   * Ends the run: what is under way is kept for resuming or thrown away, and the iteration fails with `aborted`, which
   * names what could not be removed.
   */
  readonly signal?: AbortSignal;
}

const DEFAULTS = {
  from: ROOT,
  to: ROOT,
  delete: false,
  dryRun: false,
  compare: 'size-and-time',
  update: false,
  timeToleranceMs: 1000,
  timeOffsetMs: 0,
  keepTimes: true,
  resume: true,
  links: 'skip',
  verify: false,
  parallel: 4,
  onFailure: 'continue',
  maxDepth: 64,
  maxDirectoryEntries: 1_000_000,
  maxEntries: 20_000_000,
} as const satisfies SyncPlan;

/** A plan with its defaults. */
export type FullPlan = SyncPlan & Required<Pick<SyncPlan, keyof typeof DEFAULTS>>;

/** @throws ClientError `invalid-argument` for a number that makes no sense. */
export function fullPlan(plan: SyncPlan): FullPlan {
  const full: FullPlan = { ...DEFAULTS, ...plan };
  for (const name of ['maxDepth', 'maxDirectoryEntries', 'maxEntries', 'timeToleranceMs'] as const) {
    if (!(full[name] >= 0)) throw unsuitable(`${name} must not be negative`);
  }
  if (full.maxDelete !== undefined && !isMaxDelete(full.maxDelete)) {
    throw unsuitable('maxDelete must be a number of entries, or a share such as 75%');
  }
  if (!(full.parallel >= 1)) throw unsuitable('parallel must be 1 or more');
  if (!((full.maxBytesPerSecond ?? 1) >= 1)) throw unsuitable('maxBytesPerSecond must be 1 or more');
  if (!Number.isFinite(full.timeOffsetMs)) throw unsuitable('timeOffsetMs must be a number');
  return full;
}

function unsuitable(message: string): ClientError {
  return new ClientError('invalid-argument', message, { phase: 'prepare' });
}
