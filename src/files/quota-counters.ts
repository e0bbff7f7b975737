import { ROOT, type Space, type Storage, type Usage, type VirtualPath } from '../core/index.ts';
import { abortable } from './abortable.ts';
import { ChangeLog } from './change-log.ts';
import { type Claim, Claims } from './claims.ts';
import type { HomeUsage } from './home-usage.ts';
import { HomeUsages, type QuotaCountersOptions, type Reserved } from './home-usages.ts';
import {
  type BeginResult,
  type Change,
  type ChangeOutcome,
  changeFrom,
  type Demand,
  isBounded,
  type PlacedChange,
  type Quota,
  type QuotaCounter,
  type QuotaOwner,
  type ReplacedEntry,
  type ReservationResult,
} from './quota-counter.ts';
import { excess, NOTHING, sum } from './usage.ts';

interface OwnedQuota {
  readonly home: VirtualPath;
  readonly quota: Quota;
}

/** A quota, and what is used of it. */
export interface CountedQuota extends QuotaOwner {
  readonly quota: Quota;
  /** Reservations included. */
  readonly used: Usage;
}

/**
 * The counters of all quotas of a storage. The files of a home are counted once for all accounts that share the home or a
 * part of it. The first change counts them by a walk, and each later change updates the count. The count is not stored: a
 * stored number would be wrong after a crash by the changes that were under way. The counters find what other programs add
 * and remove by counting again: before they refuse an upload, but at most once a minute, and when an operator asks for it.
 */
export class QuotaCounters {
  readonly #homes: HomeUsages;
  readonly #log = new ChangeLog();
  readonly #quotas = new Map<string, OwnedQuota>();
  readonly #reservations = new Map<string, Reserved>();
  readonly #claims = new Claims();

  constructor(storage: Storage, options: QuotaCountersOptions = {}) {
    this.#homes = new HomeUsages(storage, this.#log, options);
  }

  of({ name, home }: QuotaOwner): QuotaCounter {
    const owner = { name, home };
    return {
      setQuota: (quota) => this.setQuota(owner, quota),
      begin: (change, signal) => this.begin(owner, change, signal),
      end: (id, outcome) => this.end(owner, id, outcome),
      reserve: (reservation, demand, signal) => this.reserve(owner, reservation, demand, signal),
      claimReplaced: (reservation, entry) => this.claimReplaced(owner, reservation, entry),
      release: (reservation) => this.release(reservation),
      limitSpace: (space, signal) => this.limitSpace(owner, space, signal),
    };
  }

  /** The usage of a home, reservations included. Undefined if no bounded quota needs a count of it. */
  used(home: VirtualPath): Usage | undefined {
    return this.#homes.get(home)?.used;
  }

  /** The quotas that have a bound, with what is used of each, as far as the files were counted since the start. */
  *counted(): Iterable<CountedQuota> {
    for (const [name, { home, quota }] of this.#quotas) {
      const usage = isBounded(quota) ? this.#homes.get(home) : undefined;
      if (usage?.isCounted) yield { name, home, quota, used: usage.used };
    }
  }

  setQuota({ name, home }: QuotaOwner, quota: Quota): void {
    this.#quotas.set(name, { home, quota });
    if (!isBounded(quota)) return;
    const usage = this.#homes.get(home);
    if (usage === undefined) this.#homes.open(home, this.#reservations.values());
    else if (usage.isCounted && usage.isAskedFor) this.#homes.countBeside(usage);
  }

  async begin({ home }: QuotaOwner, asked: Change, signal?: AbortSignal): Promise<BeginResult> {
    if (this.#homes.isEmpty) return 'uncounted';
    const change = changeFrom(home, asked);
    const touched = [
      ...this.#homes.covering(change.path),
      ...(change.to === undefined ? [] : this.#homes.covering(change.to)),
    ];
    if (touched.length === 0) return 'uncounted';
    const own = this.#homes.get(home);
    if (own && !own.isCounted) await abortable(this.#homes.count(own), signal);
    if (!this.#endClaims(change)) {
      if (own?.mayCount) await this.#homes.countAgain(own, signal);
      if (!this.#endClaims(change)) return 'busy';
    }
    this.#log.begin(change);
    for (const usage of this.#homes.all) usage.moves(change);
    return 'counted';
  }

  end(
    { home }: QuotaOwner,
    id: string,
    { added = NOTHING, gone, moved = false, ends, becomes }: ChangeOutcome,
  ): boolean {
    const ended = this.#log.end(id, gone);
    if (ended === undefined) return false;
    const { change, began, isGivenBack } = ended;
    const usages = this.#homes.covering(change.to ?? change.path);
    if (gone && isGivenBack) for (const usage of usages) usage.give(gone.usage, began);
    const claim = gone && this.#claims.on(gone);
    if (claim && claim.reservation !== ends) this.#holdClaimed(claim);
    if (change.to !== undefined && moved) this.#homes.crossed(change.path, change.to);
    for (const usage of usages) usage.add(added);
    if (becomes !== undefined && gone !== undefined && isGivenBack)
      this.#hold(this.#reserved(home, becomes), gone.usage);
    if (ends !== undefined) this.release(ends);
    return isGivenBack;
  }

  reserve(
    owner: QuotaOwner,
    reservation: string,
    demand: Demand,
    signal?: AbortSignal,
  ): ReservationResult | Promise<ReservationResult> {
    const usage = this.#homes.get(owner.home);
    if (usage === undefined) return 'reserved';
    if (!usage.isCounted) return this.#reserveCounted(usage, owner, reservation, demand, signal);
    if (usage.isStale) this.#homes.countBeside(usage);
    const result = this.#reserve(usage, owner, reservation, demand);
    return result !== 'reserved' && usage.mayCount
      ? this.#reserveCounted(usage, owner, reservation, demand, signal)
      : result;
  }

  claimReplaced({ name, home }: QuotaOwner, reservation: string, replaced: ReplacedEntry): boolean {
    if (this.#homes.get(home) === undefined) return true;
    const isMoving = !this.#claims.has(reservation, replaced.id) && this.#log.isMoving(home, replaced.name);
    if (isMoving || !this.#claims.add({ owner: { name, home }, reservation, replaced })) return false;
    this.#reserved(home, reservation);
    return true;
  }

  release(reservation: string): void {
    const reserved = this.#reservations.get(reservation);
    if (reserved === undefined) return;
    this.#reservations.delete(reservation);
    for (const usage of this.#homes.covering(reserved.home)) usage.free(reserved.held);
    this.#claims.end(reservation);
  }

  async limitSpace({ name, home }: QuotaOwner, space: Space, signal?: AbortSignal): Promise<Space> {
    const usage = this.#homes.get(home);
    if (usage === undefined) return space;
    if (!usage.isCounted) await abortable(this.#homes.count(usage), signal);
    return usage.limitSpace(space, this.#quotas.get(name)?.quota ?? {});
  }

  /**
   * Ends the reservations and changes of a worker that has died. Nobody knows how much of them became files. So the
   * reserved usage counts as used until the files are counted again, which starts at once.
   */
  abandon(reservations: Iterable<string>, changes: Iterable<string>): void {
    for (const id of changes) this.end(NOBODY, id, { moved: true });
    for (const name of reservations) {
      const reserved = this.#reservations.get(name);
      if (reserved === undefined) continue;
      for (const usage of this.#homes.covering(reserved.home)) {
        usage.add(reserved.held);
        usage.doubt();
      }
      this.release(name);
    }
    for (const usage of this.#homes.all) if (usage.isDoubted) this.#homes.countAtOnce(usage);
  }

  /** Counts all homes again, at once, because files appeared that no upload brought. */
  recount(): void {
    for (const usage of this.#homes.all) {
      usage.doubt();
      this.#homes.countAtOnce(usage);
    }
  }

  async #reserveCounted(
    usage: HomeUsage,
    owner: QuotaOwner,
    reservation: string,
    demand: Demand,
    signal: AbortSignal | undefined,
  ): Promise<ReservationResult> {
    if (!usage.isCounted) await abortable(this.#homes.count(usage), signal);
    const result = this.#reserve(usage, owner, reservation, demand);
    if (result === 'reserved' || !usage.mayCount) return result;
    await this.#homes.countAgain(usage, signal);
    return this.#reserve(usage, owner, reservation, demand);
  }

  #reserve(usage: HomeUsage, { name, home }: QuotaOwner, reservation: string, demand: Demand): ReservationResult {
    const quota = this.#quotas.get(name)?.quota ?? {};
    const reserved = this.#reserved(home, reservation);
    const more = 'more' in demand ? demand.more : this.#missing(reservation, reserved.held, demand);
    const result = usage.check(more, quota);
    if (result === 'reserved') this.#hold(reserved, more);
    return result;
  }

  #missing(reservation: string, held: Usage, { whole, replaced }: Extract<Demand, { readonly whole: Usage }>): Usage {
    const isClaimed = replaced !== undefined && this.#claims.has(reservation, replaced.id);
    return excess(isClaimed ? excess(whole, replaced.usage) : whole, held);
  }

  #reserved(home: VirtualPath, name: string): Reserved {
    const reserved = this.#reservations.get(name) ?? { home, held: NOTHING };
    this.#reservations.set(name, reserved);
    return reserved;
  }

  #hold(reserved: Reserved, more: Usage): void {
    reserved.held = sum(reserved.held, more);
    for (const usage of this.#homes.covering(reserved.home)) usage.reserve(more);
  }

  /** Another change took away what was claimed: its room is that of the upload now, which has filled it perhaps. */
  #holdClaimed(claim: Claim): void {
    this.#claims.delete(claim);
    this.#hold(this.#reserved(claim.owner.home, claim.reservation), claim.replaced.usage);
  }

  /**
   * Ends the claims on what a change is to move away, which keeps its space: each reservation that had claimed it gets as
   * much of its own instead. Gives false where the quota has no room for that.
   */
  #endClaims(change: PlacedChange): boolean {
    for (const claim of this.#claims.movedBy(change)) {
      const usage = this.#homes.get(claim.owner.home);
      const demand = { more: claim.replaced.usage };
      if (usage && this.#reserve(usage, claim.owner, claim.reservation, demand) !== 'reserved') return false;
      this.#claims.delete(claim);
    }
    return true;
  }
}

/** The owner for changes whose owner is not known. */
const NOBODY: QuotaOwner = { name: '', home: ROOT };
