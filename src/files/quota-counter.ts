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

/** What came of asking for room. */
export type Verdict = 'reserved' | 'no-bytes' | 'no-files';

/** A change of files, before it is made. */
export interface Change {
  readonly id: string;
  readonly path: VirtualPath;
  /** Of a rename: where the entry of `path` goes. */
  readonly to?: VirtualPath;
  /** The name of an entry that it takes away from its place, and perhaps puts back: nobody else may call that gone. */
  readonly moves?: string;
}

/** Files that are no more. Without an entry: what lay hidden in a directory. */
export interface Gone {
  readonly usage: Usage;
  /** `id` is the same for every name of the entry, different for different entries; `version` for what it was before an append, too. */
  readonly entry?: { readonly id: string; readonly version: string; readonly name: string };
}

/** What a change did. */
export interface Outcome {
  readonly added?: Usage;
  readonly gone?: Gone | undefined;
  /** Of a rename: the entry has its new name. */
  readonly moved?: boolean;
  /** A reservation that is over with this change. */
  readonly ends?: string;
  /** A reservation that takes over what is gone: an interrupted upload that is gone on with. */
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
 * The quota of one account, in the counters that all accounts of a storage share. Paths are the account's own. Plain values
 * come and go, so that the counters may be kept in another process; there the answers take a moment. No call waits for a
 * change that somebody else makes; one that waits for the files to be counted is given up by its signal.
 */
export interface QuotaCounter {
  /** Changes what is allowed from now on; what is used beyond it stays, but does not grow. */
  setQuota(quota: Quota): void;
  /** Announces a change. Gives whether anybody counts there: if not, its end need not be told. */
  begin(change: Change, signal?: AbortSignal): Promise<boolean>;
  /** Tells what became of a change that was announced. Gives whether what is gone is free again by this change. */
  settle(id: string, outcome: Outcome): boolean | Promise<boolean>;
  /** Adds to a reservation, all or nothing. */
  reserve(reservation: string, more: Usage, signal?: AbortSignal): Verdict | Promise<Verdict>;
  /**
   * Promises the room of an entry to the reservation which is to replace it: whoever removes the entry meanwhile does not
   * make it free. Gives whether it was to be had: an entry's room is promised once.
   */
  borrow(reservation: string, entry: string): boolean | Promise<boolean>;
  /** A reservation is over, and nothing came of it. */
  drop(reservation: string): void;
  /** The room that is left of a medium under the quota. */
  narrow(space: Space, signal?: AbortSignal): Promise<Space>;
}
