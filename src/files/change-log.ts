import { isWithin, type VirtualPath } from '../core/index.ts';
import type { Gone, PlacedChange } from './quota-counter.ts';

/** Names that are remembered while changes overlap; beyond that the changes that run give nothing back. */
const MAX_REMEMBERED = 10_000;

interface Running {
  readonly change: PlacedChange;
  readonly began: number;
}

/**
 * Decides which of the changes that run side by side may give back the room of a file that is gone. None of them waits
 * for another, so two may report one file as gone, and one a file that another has only moved away, where the storage does
 * not tell what it took away. In doubt nobody gives it back: the count is too high then, until the files are counted anew,
 * and never too low.
 */
export class ChangeLog {
  readonly #running = new Map<string, Running>();
  /** When an entry was given back, when one was whose end was certain to nobody, and when a rename of a name ended. */
  readonly #givenBack = new Map<string, number>();
  readonly #presumed = new Map<string, number>();
  readonly #moved = new Map<string, number>();
  #lastEnd = 0;
  /** Changes that began before can't be judged any more. */
  #horizon = 0;
  #now = 0;

  /** A number that grows with each beginning and end. */
  get now(): number {
    return this.#now;
  }

  get running(): Iterable<PlacedChange> {
    return this.#running.values().map(({ change }) => change);
  }

  begin(change: PlacedChange): void {
    this.#now += 1;
    this.#running.set(change.id, { change, began: this.#now });
  }

  /** Gives the change, when it began, and whether what it reports as gone is to be given back. */
  end(id: string, gone: Gone | undefined): (Running & { readonly isGivenBack: boolean }) | undefined {
    const ended = this.#running.get(id);
    if (ended === undefined) return undefined;
    this.#running.delete(id);
    this.#now += 1;
    const isGivenBack = gone !== undefined && this.#isFree(gone, ended);
    this.#remember(ended.change, isGivenBack ? gone : undefined);
    return { ...ended, isGivenBack };
  }

  /** Whether a change that runs may move an entry of this name in a home. */
  isMoving(home: VirtualPath, name: string): boolean {
    return [...this.#running.values()].some(({ change }) => movesName(change, home, name));
  }

  #isFree({ entry, isCertain }: Gone, { began, change }: Running): boolean {
    if (began <= this.#horizon) return false;
    if (isCertain) return entry === undefined || (this.#presumed.get(entry.version) ?? 0) < began;
    if (entry === undefined) return this.#running.size === 0 && this.#lastEnd < began;
    return (
      (this.#givenBack.get(entry.version) ?? 0) < began &&
      (this.#moved.get(folded(entry.name)) ?? 0) < began &&
      !this.isMoving(change.home, entry.name)
    );
  }

  #remember(change: PlacedChange, gone: Gone | undefined): void {
    this.#lastEnd = this.#now;
    if (this.#running.size === 0 || this.#givenBack.size + this.#moved.size >= MAX_REMEMBERED) {
      this.#givenBack.clear();
      this.#presumed.clear();
      this.#moved.clear();
      this.#horizon = this.#now;
      return;
    }
    if (gone?.entry !== undefined) {
      this.#givenBack.set(gone.entry.version, this.#now);
      if (!gone.isCertain) this.#presumed.set(gone.entry.version, this.#now);
    }
    if (change.moves !== undefined) this.#moved.set(folded(change.moves), this.#now);
  }
}

/**
 * Whether a change may move an entry of this name in a home. By the name alone: one directory has many paths, through links
 * and after a rename. But none leads from one home into another that does not lie around it.
 */
export function movesName(change: PlacedChange, home: VirtualPath, name: string): boolean {
  if (change.moves === undefined || !(isWithin(home, change.home) || isWithin(change.home, home))) return false;
  return folded(change.moves) === folded(name);
}

/** Some file systems do not tell the cases apart, nor the ways to write one character. */
function folded(name: string): string {
  return name.normalize('NFKD').toUpperCase().toLowerCase();
}
