import type { Account, Entry, Space, Usage, VirtualPath } from '../core/index.ts';
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

/** A change of files, before it is made. */
export interface Change {
  readonly id: string;
  readonly path: VirtualPath;
  /** Of a rename: where the entry of `path` goes. */
  readonly to?: VirtualPath;
  /** The name of an entry that the change moves away and may put back. No other change may count it as gone meanwhile. */
  readonly moves?: string;
}

/** Files that no longer exist. Without an entry: hidden files of a directory. */
export interface Gone {
  readonly usage: Usage;
  /** `id` is the same for every name of the entry, different for different entries; `version` for what it was before an append, too. */
  readonly entry?: { readonly id: string; readonly version: string; readonly name: string };
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
export function entryId(entry: Entry, path: VirtualPath): string {
  return entry.unique ?? path;
}

export function goneEntry(entry: Entry | undefined, path: VirtualPath): Gone | undefined {
  if (entry === undefined || entry.kind === 'directory') return undefined;
  const id = entryId(entry, path);
  return { usage: usageOf(entry), entry: { id, version: `${id} ${entry.size}`, name: entry.name } };
}

/**
 * The quota of one account, in the counters that all accounts of a storage share. Paths are the account's own. Arguments
 * and results are plain values, so that the counters may be in another process; the results are then promises. No call
 * waits for another change. A call that waits for files to be counted ends when its signal aborts.
 */
export interface QuotaCounter {
  /** Sets the quota from now on. Usage beyond it stays, but can't grow. */
  setQuota(quota: Quota): void;
  /** Announces a change. Gives whether its place is counted; if not, the caller need not end it. */
  begin(change: Change, signal?: AbortSignal): Promise<boolean>;
  /** Ends an announced change. Gives whether this change made the room of what is gone free. */
  end(id: string, outcome: ChangeOutcome): boolean | Promise<boolean>;
  /** Adds to a reservation, all or nothing. */
  reserve(reservation: string, more: Usage, signal?: AbortSignal): ReservationResult | Promise<ReservationResult>;
  /**
   * Claims the room of an entry for the reservation that is to replace it: removing the entry meanwhile does not free that
   * room. Gives whether the claim was made: only one reservation can claim an entry.
   */
  claimReplaced(reservation: string, entry: string): boolean | Promise<boolean>;
  /** Ends a reservation whose files were not made. */
  release(reservation: string): void;
  /** The space of a volume, limited to what the quota leaves. */
  limitSpace(space: Space, signal?: AbortSignal): Promise<Space>;
}
