import {
  background,
  joinPath,
  ROOT,
  rebase,
  type Space,
  type Storage,
  type Usage,
  type VirtualPath,
} from '../../core/index.ts';
import { ChangeLog } from './change-log.ts';
import { confined } from './confined.ts';
import { HomeMeter } from './home-meter.ts';
import {
  type Change,
  type Holder,
  isBounded,
  type Outcome,
  type Quota,
  type QuotaBook,
  type Verdict,
} from './quota-book.ts';
import { NOTHING, sum, usageOf } from './usage.ts';

/** Longest that a refusal waits for a new count; the count goes on beyond it, for the next upload. */
const RECOUNT_WAIT_MS = 10_000;

export interface QuotaBooksOptions {
  /** Milliseconds, on a clock that does not jump. Default: `performance.now`. */
  readonly now?: () => number;
  /** For a home: a text that changes when somebody asks for a new count. */
  readonly request?: (home: VirtualPath) => string | undefined;
  readonly recountWaitMs?: number;
}

interface Reserved {
  readonly home: VirtualPath;
  held: Usage;
  /** Entries whose room it was promised. */
  readonly borrowed: Set<string>;
}

/** An entry whose room is promised, and how to make that free once it is gone. */
interface Loan {
  readonly reservation: string;
  giveBack?: () => void;
}

/**
 * The books of all quotas of a storage. What lies in a home is counted once for all accounts that have it or a part of
 * it, by a walk at the first change, and kept up with what passes here. It is not stored: after a crash a stored number
 * would be wrong by what was under way. What programs of the host add and take away is found by counting anew: before an
 * upload is refused, though not more often than each minute, and where somebody asks for it.
 */
export class QuotaBooks {
  readonly #storage: Storage;
  readonly #now: () => number;
  readonly #request: (home: VirtualPath) => string | undefined;
  readonly #recountWaitMs: number;
  readonly #log = new ChangeLog();
  readonly #quotas = new Map<string, Quota>();
  readonly #meters = new Map<VirtualPath, HomeMeter>();
  readonly #reservations = new Map<string, Reserved>();
  readonly #loans = new Map<string, Loan>();

  constructor(storage: Storage, options: QuotaBooksOptions = {}) {
    this.#storage = storage;
    this.#now = options.now ?? (() => performance.now());
    this.#request = options.request ?? (() => undefined);
    this.#recountWaitMs = options.recountWaitMs ?? RECOUNT_WAIT_MS;
  }

  of({ name, home }: Holder): QuotaBook {
    const holder = { name, home };
    return {
      setQuota: (quota) => this.setQuota(holder, quota),
      begin: (change) => this.begin(holder, change),
      end: (id, outcome) => this.end(holder, id, outcome),
      take: (reservation, more) => this.take(holder, reservation, more),
      borrow: (reservation, entry) => this.borrow(holder, reservation, entry),
      drop: (reservation) => this.drop(reservation),
      narrow: (space) => this.narrow(holder, space),
    };
  }

  /** What is used of a home, reservations included; undefined where nobody counts. */
  used(home: VirtualPath): Usage | undefined {
    return this.#meters.get(home)?.used;
  }

  setQuota({ name, home }: Holder, quota: Quota): void {
    this.#quotas.set(name, quota);
    if (!isBounded(quota)) return;
    const meter = this.#meters.get(home);
    if (meter === undefined) this.#meters.set(home, this.#makeMeter(home));
    else if (meter.isCounted && meter.isAskedFor) this.#countBeside(meter);
  }

  async begin({ home }: Holder, { id, path, to, ...rest }: Change): Promise<boolean> {
    if (this.#meters.size === 0) return false;
    const change = { id, ...rest, path: inside(home, path), ...(to !== undefined && { to: inside(home, to) }) };
    const touched = [...this.#covering(change.path), ...(change.to === undefined ? [] : this.#covering(change.to))];
    if (touched.length === 0) return false;
    const own = this.#meters.get(home);
    if (own && !own.isCounted) await this.#count(own);
    this.#log.begin(change);
    for (const meter of this.#meters.values()) meter.moves(change);
    return true;
  }

  end({ home }: Holder, id: string, { added = NOTHING, gone, moved = false, ends, becomes }: Outcome): boolean {
    const entry = gone?.entry?.id;
    const loan = entry === undefined ? undefined : this.#loans.get(entry);
    const isPromised = loan !== undefined && loan.reservation !== ends;
    const ended = this.#log.end(id, isPromised ? undefined : gone);
    if (ended === undefined) return false;
    const { change, began, isGivenBack } = ended;
    const meters = this.#covering(change.to ?? change.path);
    if (gone !== undefined && isGivenBack) for (const meter of meters) meter.give(gone.usage, began);
    if (gone !== undefined && isPromised)
      loan.giveBack = () => meters.forEach((meter) => meter.give(gone.usage, began));
    if (change.to !== undefined && moved) this.#crossed(change.path, change.to);
    for (const meter of meters) meter.add(added);
    if (becomes !== undefined && gone !== undefined && isGivenBack)
      this.#hold(this.#reserved(home, becomes), gone.usage);
    if (entry !== undefined && loan && !isPromised) this.#loans.delete(entry);
    if (ends !== undefined) this.drop(ends);
    return isGivenBack;
  }

  take(holder: Holder, reservation: string, more: Usage): Verdict | Promise<Verdict> {
    const meter = this.#meters.get(holder.home);
    if (meter === undefined) return 'taken';
    if (!meter.isCounted) return this.#takeCounted(meter, holder, reservation, more);
    if (meter.isStale) this.#countBeside(meter);
    const verdict = this.#take(meter, holder, reservation, more);
    return verdict !== 'taken' && meter.mayCount ? this.#takeCounted(meter, holder, reservation, more) : verdict;
  }

  borrow({ home }: Holder, reservation: string, entry: string): boolean {
    if (!this.#meters.has(home)) return true;
    const loan = this.#loans.get(entry);
    if (loan !== undefined) return loan.reservation === reservation;
    this.#loans.set(entry, { reservation });
    this.#reserved(home, reservation).borrowed.add(entry);
    return true;
  }

  drop(reservation: string): void {
    const reserved = this.#reservations.get(reservation);
    if (reserved === undefined) return;
    this.#reservations.delete(reservation);
    for (const meter of this.#covering(reserved.home)) meter.free(reserved.held);
    this.#returnLoans(reservation, reserved);
    for (const entry of reserved.borrowed) {
      if (this.#loans.get(entry)?.reservation === reservation) this.#loans.delete(entry);
    }
  }

  async narrow({ name, home }: Holder, space: Space): Promise<Space> {
    const meter = this.#meters.get(home);
    if (meter === undefined) return space;
    if (!meter.isCounted) await this.#count(meter);
    return meter.narrow(space, this.#quotas.get(name) ?? {});
  }

  /**
   * Ends what somebody held who is gone. Nobody knows how far he had come: until the files are counted anew, which
   * begins at once, what was reserved stands for what may have become files.
   */
  abandon(reservations: Iterable<string>, changes: Iterable<string>): void {
    for (const id of changes) this.end(NOBODY, id, { moved: true });
    for (const name of reservations) {
      const reserved = this.#reservations.get(name);
      if (reserved === undefined) continue;
      for (const meter of this.#covering(reserved.home)) {
        meter.add(reserved.held);
        meter.doubt();
      }
      this.drop(name);
    }
    for (const meter of this.#meters.values()) if (meter.isDoubted) this.#countAtOnce(meter);
  }

  /** Counts all homes anew, at once: files came that no upload brought. */
  recount(): void {
    for (const meter of this.#meters.values()) {
      meter.doubt();
      this.#countAtOnce(meter);
    }
  }

  async #takeCounted(meter: HomeMeter, holder: Holder, reservation: string, more: Usage): Promise<Verdict> {
    if (!meter.isCounted) await this.#count(meter);
    const verdict = this.#take(meter, holder, reservation, more);
    if (verdict === 'taken' || !meter.mayCount) return verdict;
    await within(this.#count(meter), this.#recountWaitMs);
    return this.#take(meter, holder, reservation, more);
  }

  #take(meter: HomeMeter, { name, home }: Holder, reservation: string, more: Usage): Verdict {
    const quota = this.#quotas.get(name) ?? {};
    const reserved = this.#reserved(home, reservation);
    if (meter.judge(more, quota) !== 'taken') this.#returnLoans(reservation, reserved);
    const verdict = meter.judge(more, quota);
    if (verdict === 'taken') this.#hold(reserved, more);
    return verdict;
  }

  #reserved(home: VirtualPath, name: string): Reserved {
    const reserved = this.#reservations.get(name) ?? { home, held: NOTHING, borrowed: new Set<string>() };
    this.#reservations.set(name, reserved);
    return reserved;
  }

  #hold(reserved: Reserved, more: Usage): void {
    reserved.held = sum(reserved.held, more);
    for (const meter of this.#covering(reserved.home)) meter.reserve(more);
  }

  /** Makes the room free of promised entries that others have removed meanwhile. */
  #returnLoans(reservation: string, { borrowed }: Reserved): void {
    for (const entry of borrowed) {
      const loan = this.#loans.get(entry);
      if (loan?.reservation !== reservation || loan.giveBack === undefined) continue;
      loan.giveBack();
      this.#loans.delete(entry);
      this.#log.gaveBack(entry);
    }
  }

  #covering(path: VirtualPath): readonly HomeMeter[] {
    return [...this.#meters.values()].filter((meter) => meter.covers(path));
  }

  /** A rename that led into a home: what it brought, a whole directory perhaps, is to be counted. */
  #crossed(from: VirtualPath, to: VirtualPath): void {
    for (const meter of this.#covering(to)) if (!meter.covers(from)) meter.forget();
  }

  #makeMeter(home: VirtualPath): HomeMeter {
    return new HomeMeter({
      home,
      count: () => countFiles(home === ROOT ? this.#storage : confined(this.#storage, home)),
      now: this.#now,
      request: () => this.#request(home),
    });
  }

  #count(meter: HomeMeter): Promise<void> {
    return meter.count(
      () => this.#log.running,
      () => this.#log.now,
    );
  }

  /** As `#countBeside`, and again where a count ran that had begun before. */
  #countAtOnce(meter: HomeMeter): void {
    const counted = this.#count(meter).then(() => (meter.isDoubted ? this.#count(meter) : undefined));
    background(counted, () => undefined);
  }

  /** Nobody waits for it: where it fails, the old count holds. */
  #countBeside(meter: HomeMeter): void {
    background(this.#count(meter), () => undefined);
  }
}

/** Who holds nothing. */
const NOBODY: Holder = { name: '', home: ROOT };

function inside(home: VirtualPath, path: VirtualPath): VirtualPath {
  return home === ROOT ? path : rebase(ROOT, home, path);
}

/** Waits for the end of some work, good or bad, but not longer than this. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  background(
    work.then(() => resolve()),
    () => resolve(),
  );
  await promise;
  clearTimeout(timer);
}

async function countFiles(storage: Storage): Promise<Usage> {
  if (storage.usage !== undefined) return storage.usage(ROOT);
  let used = NOTHING;
  const pending = [ROOT];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    for await (const entry of storage.list(path)) {
      if (entry.kind === 'directory') pending.push(joinPath(path, entry.name));
      used = sum(used, usageOf(entry));
    }
  }
  return used;
}
