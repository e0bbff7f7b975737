import { ClientError } from '../errors.ts';

/** Entries, or a share of those that are at the destination. */
export type MaxDelete = number | `${number}%`;

/** So many entries may go without a word, whatever share of the destination they are. */
const ALWAYS_ALLOWED = 20;

/** A run would delete more than its plan allows. Nothing was deleted before this was known. */
export class TooManyDeletions extends ClientError {
  /** Entries that the run would delete. */
  readonly deletions: number;
  /** Entries at the destination that take part. */
  readonly present: number;

  constructor(deletions: number, present: number) {
    const message = `The run would delete ${deletions} of the ${present} entries at the destination, more than is allowed`;
    super('too-many-deletions', `${message} (maxDelete)`, { phase: 'prepare' });
    this.deletions = deletions;
    this.present = present;
  }
}

/** How many of the entries that are there may be deleted. */
export function deletionsAllowed(maxDelete: MaxDelete | undefined, present: number): number {
  if (typeof maxDelete === 'number') return maxDelete;
  if (maxDelete === undefined) return Math.max(ALWAYS_ALLOWED, Math.floor(present / 2));
  return Math.floor((present * Number.parseFloat(maxDelete)) / 100);
}

/** Whether all may go, so that nothing needs to be counted. */
export function allowsAll(maxDelete: MaxDelete | undefined): boolean {
  return (
    maxDelete === Number.POSITIVE_INFINITY || (typeof maxDelete === 'string' && Number.parseFloat(maxDelete) === 100)
  );
}

export function isMaxDelete(value: unknown): value is MaxDelete {
  if (typeof value === 'number') return value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= 0);
  return typeof value === 'string' && /^(?:100|\d{1,2})(?:\.\d{1,6})?%$/.test(value) && Number.parseFloat(value) <= 100;
}
