import { movesName } from './change-log.ts';
import type { Change, Gone, QuotaOwner, ReplacedEntry } from './quota-counter.ts';

/** A claim of an upload on the room of the entry that it is to replace. */
export interface Claim {
  readonly owner: QuotaOwner;
  readonly reservation: string;
  readonly replaced: ReplacedEntry;
  /** What another change took away meanwhile, and how to free the room of it. */
  taken?: { readonly gone: Gone; readonly giveBack: () => void };
}

/** All claims; of an entry there is one at the most. */
export class Claims {
  readonly #byEntry = new Map<string, Claim>();
  readonly #byReservation = new Map<string, Set<Claim>>();

  /** The claim on what is gone. */
  on({ entry, isCertain }: Gone): Claim | undefined {
    const claim = entry && this.#byEntry.get(entry.id);
    // What is certainly gone after the claimed entry was is another one, to which the file system gave the same number.
    return isCertain && claim?.taken?.gone.isCertain ? undefined : claim;
  }

  /** Those of one reservation. */
  of(reservation: string): readonly Claim[] {
    return [...(this.#byReservation.get(reservation) ?? [])];
  }

  /** Those on what a change is to move away. */
  movedBy(change: Change): readonly Claim[] {
    return [...this.#byEntry.values()].filter(({ replaced, taken }) => !taken && movesName(change, replaced.name));
  }

  has(reservation: string, entry: string): boolean {
    return this.#byEntry.get(entry)?.reservation === reservation;
  }

  /** False where another reservation has claimed the entry. */
  add(claim: Claim): boolean {
    const { reservation, replaced } = claim;
    if (this.#byEntry.has(replaced.id)) return this.has(reservation, replaced.id);
    this.#byEntry.set(replaced.id, claim);
    this.#byReservation.set(reservation, new Set(this.#byReservation.get(reservation)).add(claim));
    return true;
  }

  delete(claim: Claim): void {
    const { reservation, replaced } = claim;
    this.#byEntry.delete(replaced.id);
    const others = this.#byReservation.get(reservation);
    others?.delete(claim);
    if (others?.size === 0) this.#byReservation.delete(reservation);
  }
}
