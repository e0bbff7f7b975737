import type { Endings, Entry, Storage, StoredEntry, VirtualPath, WriteOptions } from '../core/index.ts';
import { type CountedChange, counted, opening } from './counted-change.ts';
import { missingEntry, type QuotaCounter, removedEntry, replacedEntry } from './quota-counter.ts';
import { Reservation } from './reservation.ts';
import { usageOf } from './usage.ts';

interface Opening<Written extends Endings> {
  readonly storage: Storage;
  readonly counter: QuotaCounter;
  readonly path: VirtualPath;
  readonly begin: () => Promise<Written>;
}

/** A file that is being written, and what it holds of a quota. */
export class CountedUpload implements Endings {
  readonly #counter: QuotaCounter;
  readonly #path: VirtualPath;
  readonly #written: Endings;
  readonly #reservation: Reservation;
  /** Bytes that count already: of the interrupted upload, or of the published file that this is to replace. */
  readonly #before: number;
  /** The length of the published file that an append or a restart goes on from: what is not reached of it stays. */
  readonly #base: number;
  #position: number;
  #reached: Promise<void> = Promise.resolve();

  private constructor(
    counter: QuotaCounter,
    path: VirtualPath,
    written: Endings,
    reservation: Reservation,
    start: { readonly before: number; readonly base: number; readonly position: number },
  ) {
    this.#counter = counter;
    this.#path = path;
    this.#written = written;
    this.#reservation = reservation;
    this.#before = start.before;
    this.#base = start.base;
    this.#position = start.position;
  }

  /** @throws StorageError `over-quota` where the upload cannot fit from the start. */
  static async open<Written extends Endings>(
    { storage, counter, path, begin }: Opening<Written>,
    options: WriteOptions,
  ): Promise<{ readonly tally: CountedUpload; readonly written: Written }> {
    const reservation = new Reservation(counter);
    try {
      const { at, expectedSize = 0, signal } = options;
      const open = async (change: CountedChange, published: Entry | undefined) => {
        const partial =
          at === undefined || published !== undefined ? undefined : await storage.partial?.(path, options);
        const base = at === undefined ? 0 : (published?.size ?? 0);
        const goesOnFrom = base + (partial?.size ?? 0);
        const lent = at === undefined && published?.kind === 'file' ? published.size : goesOnFrom;
        await mayCome(counter, Math.max(0, expectedSize - lent), signal);
        await reservation.take({ bytes: 0, files: published === undefined && partial === undefined ? 1 : 0 }, signal);
        const written = await begin();
        if (partial) await change.end({ gone: missingEntry(partial, path), becomes: reservation.name });
        const isReplaced = at === undefined && published?.kind === 'file';
        const before = isReplaced ? await roomOf(written, path, reservation) : goesOnFrom;
        const position = at === 'end' ? goesOnFrom : (at ?? 0);
        return {
          written,
          tally: new CountedUpload(counter, path, written, reservation, { before, base, position }),
        };
      };
      return await opening(storage, counter, path, options, open);
    } catch (error) {
      reservation.release();
      throw error;
    }
  }

  /** Takes what further bytes need. @throws StorageError `over-quota` */
  grow(bytes: number): void | Promise<void> {
    this.#position += bytes;
    const taken = this.#reservation.held.bytes;
    return this.#reservation.grow(Math.max(0, this.#position - this.#before - taken));
  }

  /** As `grow`, for bytes that may come anywhere and end there. One asks behind the other. */
  reach(end: number): Promise<void> {
    this.#reached = this.#reached.then(() => this.grow(Math.max(0, end - this.#position)));
    return this.#reached;
  }

  replaces(): Promise<Entry | undefined> {
    return this.#written.replaces();
  }

  commit(): Promise<StoredEntry> {
    return counted(this.#counter, { path: this.#path }, async ({ end }) => {
      const replaced = await this.#replaced();
      await this.#takeWhole(replaced);
      const entry = await this.#written.commit();
      this.#reservation.end();
      // Others may have published between the look and the commit: the storage knows.
      const gone = removedEntry(entry.replaced, this.#path);
      await end({ added: usageOf(entry), gone, ends: this.#reservation.name });
      return entry;
    });
  }

  suspend(): Promise<Entry | undefined> {
    return counted(this.#counter, { path: this.#path }, async ({ end }) => {
      const replaced = await this.#replaced();
      if (this.#reservation.isOver || !(await this.#fitsWhole(replaced))) {
        await this.discard();
        return undefined;
      }
      const kept = await this.#written.suspend();
      this.#reservation.end();
      const gone = kept === undefined ? undefined : missingEntry(replaced, this.#path);
      await end({ added: usageOf(kept), gone, ends: this.#reservation.name });
      return kept;
    });
  }

  async discard(): Promise<void> {
    await this.#written.discard();
    this.#reservation.release();
  }

  /** The entry that the upload replaces, once its room is claimed: no other change can then free that room. */
  async #replaced(): Promise<Entry | undefined> {
    const found = await this.#written.replaces();
    if (found === undefined) return undefined;
    const entry = replacedEntry(found, this.#path);
    if (this.#reservation.hasClaimed(entry.id)) return found;
    if (!(await this.#reservation.claimReplaced(entry))) return found;
    // Whoever made it free before has taken it away before.
    return this.#written.replaces();
  }

  /** Takes what the whole needs beyond what is held, and beyond what it replaces. */
  async #takeWhole(replaced: Entry | undefined): Promise<void> {
    const bytes = Math.max(this.#base, this.#position);
    await this.#reservation.takeWhole({ bytes, files: 1 }, replaced && replacedEntry(replaced, this.#path));
  }

  async #fitsWhole(replaced: Entry | undefined): Promise<boolean> {
    try {
      await this.#takeWhole(replaced);
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * The bytes of a file that is to be replaced, where no other upload replaces it already: else both might use its room. The
 * upload tells which one it is: the path may lead through a link.
 */
async function roomOf(written: Endings, path: VirtualPath, reservation: Reservation): Promise<number> {
  try {
    const found = await written.replaces();
    if (found?.kind !== 'file') return 0;
    return (await reservation.claimReplaced(replacedEntry(found, path))) ? found.size : 0;
  } catch (error) {
    await written.discard();
    throw error;
  }
}

/** Only asked for: what really comes is taken as it comes. @throws StorageError `over-quota` */
async function mayCome(counter: QuotaCounter, bytes: number, signal: AbortSignal | undefined): Promise<void> {
  if (bytes === 0) return;
  const asked = new Reservation(counter);
  try {
    await asked.take({ bytes, files: 0 }, signal);
  } finally {
    asked.release();
  }
}
