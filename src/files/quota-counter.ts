import { type Account, type Entry, ROOT, rebase, type Space, type Usage, type VirtualPath } from '../core/index.ts';
import { usageOf } from './usage.ts';

export type Quota = Account['quota'];

/** Whose quota it is. */
export interface QuotaOwner {
  readonly name: string;
  readonly home: VirtualPath;
}

/** Whether a quota has a bound at all. */
export function isBounded({ bytes, files }: Quota): boolean {
  return bytes !== undefined || files !== undefined;
}

/** The result of a reservation: granted, or which bound of the quota refuses it. */
export type ReservationResult = 'reserved' | 'no-bytes' | 'no-files';

/**
 * Whether a change is counted where it is made. `busy`: it moves away what an upload is about to replace, and the quota has
 * no room for both. A change that is not counted need not be ended.
 */
export type BeginResult = 'counted' | 'uncounted' | 'busy';

/**
 * What a reservation is to hold. `more`: this beyond what it holds. `whole`: this, less what is free once the entry that it
 * has claimed is `replaced`, whatever it holds.
 */
export type Demand =
  | { readonly more: Usage }
  | { readonly whole: Usage; readonly replaced?: Pick<ReplacedEntry, 'id' | 'usage'> | undefined };

/** An entry that an upload is to replace. */
export interface ReplacedEntry {
  readonly id: string;
  /** That of the entry itself, and not of a link that leads to it: a rename acts on this one. */
  readonly name: string;
  readonly usage: Usage;
}

/** A change of files, before it is made. */
export interface Change {
  readonly id: string;
  readonly path: VirtualPath;
  /** Of a rename: where the entry of `path` goes. */
  readonly to?: VirtualPath;
  /** The name of an entry that the change moves away and may put back. No other change may count it as gone meanwhile. */
  readonly moves?: string;
}

/** A change as the storage has its paths. */
export interface PlacedChange extends Change {
  /** That of the account which makes the change: nothing outside of it is changed. */
  readonly home: VirtualPath;
}

export function changeFrom(home: VirtualPath, { path, to, ...rest }: Change): PlacedChange {
  const inside = (path: VirtualPath): VirtualPath => (home === ROOT ? path : rebase(ROOT, home, path));
  return { ...rest, home, path: inside(path), ...(to !== undefined && { to: inside(to) }) };
}

/** Files that no longer exist. Without an entry: hidden files of a directory. */
export interface Gone {
  readonly usage: Usage;
  /** `id` is the same for every name of the entry, different for different entries; `version` for what it was before an append, or before it was gone, too. */
  readonly entry?: { readonly id: string; readonly version: string; readonly name: string };
  /** The change itself took it away: nobody else can have. Otherwise it was there before, and is not now. */
  readonly isCertain: boolean;
}

/** What a change of files did to the usage. */
export interface ChangeOutcome {
  readonly added?: Usage;
  readonly gone?: Gone | undefined;
  /** Of a rename: the entry has its new name. */
  readonly moved?: boolean;
  /** A reservation that ends with this change. */
  readonly ends?: string;
  /** A reservation that takes over the usage that is gone: an interrupted upload is being continued. */
  readonly becomes?: string;
}

/** What is the same for every name of an entry. */
function entryId(entry: Entry, path: VirtualPath): string {
  return entry.unique ?? path;
}

/** What a change took away, as the storage told. */
export function removedEntry(entry: Entry | undefined, path: VirtualPath): Gone | undefined {
  return entry && goneEntry(entry, path, true);
}

/** What was looked at before a change that does away with it. */
export function missingEntry(entry: Entry | undefined, path: VirtualPath): Gone | undefined {
  return entry && goneEntry(entry, path, false);
}

function goneEntry(entry: Entry, path: VirtualPath, isCertain: boolean): Gone | undefined {
  if (entry.kind === 'directory') return undefined;
  const id = entryId(entry, path);
  return { usage: usageOf(entry), entry: { id, version: versionOf(id, entry), name: entry.name }, isCertain };
}

/** File systems give the number of an entry that is gone to the next one, which then has the same `id`. */
function versionOf(id: string, { size, created }: Entry): string {
  return `${id} ${size} ${created?.getTime() ?? ''}`;
}

export function replacedEntry(entry: Entry, path: VirtualPath): ReplacedEntry {
  return { id: entryId(entry, path), name: entry.name, usage: usageOf(entry) };
}

/**
 * The quota of one account, in the counters that all accounts of a storage share. Paths are the account's own. Arguments
 * and results are plain values, so that the counters may be in another process; the results are then promises. No call
 * waits for another change. A call that waits for files to be counted ends when its signal aborts.
 */
export interface QuotaCounter {
  /** Sets the quota from now on. Usage beyond it stays, but can't grow. */
  setQuota(quota: Quota): void;
  /** Announces a change. */
  begin(change: Change, signal?: AbortSignal): Promise<BeginResult>;
  /** Ends an announced change. Gives whether this change made the room of what is gone free. */
  end(id: string, outcome: ChangeOutcome): boolean | Promise<boolean>;
  /** Adds to a reservation, all or nothing. */
  reserve(reservation: string, demand: Demand, signal?: AbortSignal): ReservationResult | Promise<ReservationResult>;
  /**
   * Claims the room of an entry for the reservation that is to replace it: removing the entry meanwhile does not free that
   * room. Gives whether the claim was made: only one reservation can claim an entry, and none one that is being moved away.
   */
  claimReplaced(reservation: string, entry: ReplacedEntry): boolean | Promise<boolean>;
  /** Ends a reservation whose files were not made. */
  release(reservation: string): void;
  /** The space of a volume, limited to what the quota leaves. */
  limitSpace(space: Space, signal?: AbortSignal): Promise<Space>;
}
