import { background, ROOT, type Storage, type Usage, type VirtualPath, waitAtMost } from '../core/index.ts';
import { abortable } from './abortable.ts';
import type { ChangeLog } from './change-log.ts';
import { confined } from './confined.ts';
import { countFiles } from './count-files.ts';
import { HomeUsage } from './home-usage.ts';

/** The longest time that a refusal waits for a new count. The count then continues for the next upload. */
const RECOUNT_WAIT_MS = 10_000;

export interface QuotaCountersOptions {
  /** A monotonic clock, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
  /** Gives a text for a home. It changes whenever an operator asks for a new count of that home. */
  readonly request?: (home: VirtualPath) => string | undefined;
  readonly recountWaitMs?: number;
}

/** What an upload holds of the room of its home. */
export interface Reserved {
  readonly home: VirtualPath;
  held: Usage;
}

/** The homes that are counted, and how they are counted anew. */
export class HomeUsages {
  readonly #storage: Storage;
  readonly #log: ChangeLog;
  readonly #now: () => number;
  readonly #request: (home: VirtualPath) => string | undefined;
  readonly #recountWaitMs: number;
  readonly #usages = new Map<VirtualPath, HomeUsage>();

  constructor(storage: Storage, log: ChangeLog, options: QuotaCountersOptions) {
    this.#storage = storage;
    this.#log = log;
    this.#now = options.now ?? (() => performance.now());
    this.#request = options.request ?? (() => undefined);
    this.#recountWaitMs = options.recountWaitMs ?? RECOUNT_WAIT_MS;
  }

  get isEmpty(): boolean {
    return this.#usages.size === 0;
  }

  get all(): Iterable<HomeUsage> {
    return this.#usages.values();
  }

  get(home: VirtualPath): HomeUsage | undefined {
    return this.#usages.get(home);
  }

  /** Begins to count a home. @param reservations all that are held now */
  open(home: VirtualPath, reservations: Iterable<Reserved>): void {
    const usage = new HomeUsage({
      home,
      count: () => countFiles(home === ROOT ? this.#storage : confined(this.#storage, home)),
      now: this.#now,
      request: () => this.#request(home),
    });
    // Uploads that began before in what lies in the home give back here, too, what they hold.
    for (const reserved of reservations) if (usage.covers(reserved.home)) usage.reserve(reserved.held);
    this.#usages.set(home, usage);
  }

  covering(path: VirtualPath): readonly HomeUsage[] {
    return [...this.#usages.values()].filter((usage) => usage.covers(path));
  }

  /** After a rename into a home, that home must be counted again: the entry may be a whole directory. */
  crossed(from: VirtualPath, to: VirtualPath): void {
    for (const usage of this.covering(to)) if (!usage.covers(from)) usage.forget();
  }

  count(usage: HomeUsage): Promise<void> {
    return usage.count(
      () => this.#log.running,
      () => this.#log.now,
    );
  }

  /** Counts anew, for a refusal that another count may spare. */
  countAgain(usage: HomeUsage, signal: AbortSignal | undefined): Promise<void> {
    return abortable(waitAtMost(this.count(usage), this.#recountWaitMs), signal);
  }

  /** As `countBeside`. If a count was already running, another one follows it. */
  countAtOnce(usage: HomeUsage): void {
    const counted = this.count(usage).then(() => (usage.isDoubted ? this.count(usage) : undefined));
    background(counted, () => undefined);
  }

  /** Counts in the background. If that fails, the old count stays. */
  countBeside(usage: HomeUsage): void {
    background(this.count(usage), () => undefined);
  }
}
