import { type Entry, isWithin, joinPath, type RateLimiter, type Storage, type VirtualPath } from '../../core/index.ts';
import { createRateLimiter } from '../../transport/index.ts';
import { ClientError } from '../errors.ts';
import type { Deletions } from './deletions.ts';
import { Digests, noCommonDigest } from './digests.ts';
import { isFatal } from './fatal.ts';
import { Filter, type FilterVerdict } from './filter.ts';
import type { Job } from './jobs.ts';
import type { FullPlan } from './plan.ts';
import { RunProgress } from './progress.ts';
import { type Side, sideOf } from './side.ts';
import type { SyncAct, SyncEntryStep, SyncSummary } from './step.ts';
import { Times } from './times.ts';
import { Trees } from './trees.ts';

/** What all parts of one run share. */
export class Run {
  readonly plan: FullPlan;
  readonly signal: AbortSignal;
  /** The whole storage, where `destination` is what lies in the plan's directory. */
  readonly to: Storage;
  readonly source: Side;
  readonly destination: Side;
  readonly filter: Filter;
  readonly digests: Digests;
  readonly progress: RunProgress;
  /** Shared by all copies. */
  readonly rateLimiter: RateLimiter | undefined;
  readonly times: Times;
  /** What was listed at the beginning of the walk. */
  readonly trees = new Trees();
  readonly #deletions: Deletions;
  #entries = 0;
  #unchanged = 0;
  readonly #leftBehind: string[] = [];
  readonly #counts = { done: 0, planned: 0, skipped: 0, failed: 0 };

  /** @throws ClientError where the plan makes no sense with these storages. */
  constructor(from: Storage, to: Storage, plan: FullPlan, signal: AbortSignal, deletions: Deletions) {
    if (from === to && (isWithin(plan.from, plan.to) || isWithin(plan.to, plan.from))) throw overlap();
    this.plan = plan;
    this.#deletions = deletions;
    this.signal = signal;
    this.to = to;
    this.source = sideOf(from, plan.from, plan.links === 'follow');
    this.destination = sideOf(to, plan.to, false);
    this.filter = new Filter(plan.include, plan.exclude);
    this.digests = new Digests(this.source, this.destination);
    this.progress = new RunProgress(plan.onProgress);
    this.rateLimiter = plan.maxBytesPerSecond === undefined ? undefined : createRateLimiter(plan.maxBytesPerSecond);
    this.times = new Times(this.destination, plan.keepTimes);
    if ((plan.verify || plan.compare === 'checksum') && !this.digests.arePossible) throw noCommonDigest();
  }

  get isEnough(): boolean {
    return this.plan.onFailure === 'stop' && this.#counts.failed > 0;
  }

  /**
   * Whether one of the two sides moves files of this size together: it is quicker then to copy one again than to look
   * after a part of it.
   */
  isSmall(size: number): boolean {
    const { source, destination } = this;
    return size <= Math.max(source.storage.smallFileBytes ?? -1, destination.storage.smallFileBytes ?? -1);
  }

  /** A job for something of so many bytes: a directory has none. */
  jobOf(size: number, job: Job<SyncEntryStep>): Job<SyncEntryStep> {
    return this.isSmall(size) ? Object.assign(job, { share: SMALL_SHARE }) : job;
  }

  /** @throws ClientError `limit` when this is one too many. */
  countEntry(): void {
    this.#entries += 1;
    if (this.#hasTooMany) throw new ClientError('limit', 'More than maxEntries entries', { phase: 'local' });
  }

  /** Counts what takes part of a directory of the destination. */
  countPresent(path: VirtualPath, verdict: FilterVerdict, entries: Iterable<Entry>): void {
    if (!this.plan.delete) return;
    for (const { name, kind } of entries) {
      if (this.filter.judge(verdict, joinPath(path, name), kind === 'directory') === 'in')
        this.#deletions.countPresent();
    }
  }

  countUnchanged(): void {
    this.#unchanged += 1;
  }

  countStep({ outcome }: SyncEntryStep): void {
    this.#counts[outcome] += 1;
  }

  summary(): SyncSummary {
    const { bytesDone: bytes } = this.progress.totals;
    return { action: 'summary', ...this.#counts, unchanged: this.#unchanged, bytes };
  }

  /** The time that the destination should tell of a file of the source. */
  expectedTime({ modified }: Entry): Date {
    return new Date(modified.getTime() + this.plan.timeOffsetMs);
  }

  /** Does the work, or not where the run is dry, and tells what became of it. @throws what ends the run as a whole. */
  async carryOut(act: SyncAct, work: () => Promise<unknown>): Promise<SyncEntryStep> {
    try {
      if (act.action === 'delete' || act.action === 'delete-directory') this.#deletions.count(act.path);
      if (this.plan.dryRun) return { ...act, outcome: 'planned' };
      await work();
      return { ...act, outcome: 'done' };
    } catch (error) {
      return this.failed(act, error);
    }
  }

  /** What an upload that was broken off could not remove, for people: where no step tells of it, its end must. */
  noteLeftBehind(what: string): void {
    if (this.signal.aborted) this.#leftBehind.push(what);
  }

  /** Why an aborted run ended, with what its copies left behind; whatever else it ended by is itself. */
  ending(error: unknown): unknown {
    if (!(error instanceof ClientError && error.code === 'aborted') || this.#leftBehind.length === 0) return error;
    const { message, phase, cause } = error;
    const leftBehind = this.#leftBehind.join('; ');
    return new ClientError('aborted', `${message}; ${leftBehind}`, { phase, leftBehind, cause });
  }

  /** The step that tells of a failure. @throws the failure where it ends the run as a whole. */
  failed(act: SyncAct, thrown: unknown): SyncEntryStep {
    if (this.signal.aborted) {
      throw new ClientError('aborted', 'The run was aborted', { phase: 'local', cause: this.signal.reason });
    }
    if (this.#hasTooMany || isFatal(thrown)) throw thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { ...act, outcome: 'failed', message: error.message, error };
  }

  get #hasTooMany(): boolean {
    return this.#entries > this.plan.maxEntries;
  }
}

/** So many small ones as a bundle takes have the place of one job. */
const SMALL_SHARE = 1 / 64;

function overlap(): ClientError {
  return new ClientError('invalid-argument', 'One of the two directories lies in the other', { phase: 'prepare' });
}
