import { movesName } from './change-log.ts';
import type { Gone, PlacedChange, QuotaOwner, ReplacedEntry } from './quota-counter.ts';

/** A claim of an upload on the room of the entry that it is to replace. */
export interface Claim {
  readonly owner: QuotaOwner;
  readonly reservation: string;
  readonly replaced: ReplacedEntry;
}

/** All claims; of an entry there is one at the most. */
export class Claims {
  readonly #byEntry = new Map<string, Claim>();
  readonly #byReservation = new Map<string, Set<Claim>>();

  /** The claim on what is gone. */
  on({ entry }: Gone): Claim | undefined {
    return entry && this.#byEntry.get(entry.id);
  }

  /** Those on what a change is to move away. */
  movedBy(change: PlacedChange): readonly Claim[] {
    return [...this.#byEntry.values()].filter(({ owner, replaced }) => movesName(change, owner.home, replaced.name));
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

  /** Ends all of a reservation. */
  end(reservation: string): void {
    for (const claim of this.#byReservation.get(reservation) ?? []) this.delete(claim);
  }

  delete(claim: Claim): void {
    const { reservation, replaced } = claim;
    this.#byEntry.delete(replaced.id);
    const others = this.#byReservation.get(reservation);
    others?.delete(claim);
    if (others?.size === 0) this.#byReservation.delete(reservation);
  }
}
