import type { Entry, Storage, StoredEntry, Upload, VirtualPath, WriteOptions } from '../core/index.ts';
import { type CountedChange, counted, opening } from './counted-change.ts';
import { missingEntry, type QuotaCounter, removedEntry, replacedEntry } from './quota-counter.ts';
import { Reservation } from './reservation.ts';
import { usageOf } from './usage.ts';

/** One upload, and what it holds of a quota. */
export class CountedUpload {
  readonly #counter: QuotaCounter;
  readonly #path: VirtualPath;
  readonly #upload: Upload;
  readonly #reservation: Reservation;
  /** Bytes that count already: of the interrupted upload, or of the published file that this is to replace. */
  readonly #before: number;
  /** The length of the published file that an append or a restart goes on from: what is not reached of it stays. */
  readonly #base: number;
  #position: number;

  private constructor(
    counter: QuotaCounter,
    path: VirtualPath,
    upload: Upload,
    reservation: Reservation,
    start: { readonly before: number; readonly base: number; readonly position: number },
  ) {
    this.#counter = counter;
    this.#path = path;
    this.#upload = upload;
    this.#reservation = reservation;
    this.#before = start.before;
    this.#base = start.base;
    this.#position = start.position;
  }

  /** @throws StorageError `over-quota` where the upload cannot fit from the start. */
  static async open(
    storage: Storage,
    counter: QuotaCounter,
    path: VirtualPath,
    options: WriteOptions,
  ): Promise<{ readonly tally: CountedUpload; readonly upload: Upload }> {
    const reservation = new Reservation(counter);
    try {
      const { at, expectedSize = 0, signal } = options;
      const open = async (change: CountedChange, published: Entry | undefined) => {
        const partial =
          at === undefined || published !== undefined ? undefined : await storage.partial?.(path, options);
        const base = at === undefined ? 0 : (published?.size ?? 0);
        const goesOnFrom = base + (partial?.size ?? 0);
        const before = at === undefined ? await roomOf(published, path, reservation) : goesOnFrom;
        await mayCome(counter, Math.max(0, expectedSize - before), signal);
        await reservation.take({ bytes: 0, files: published === undefined && partial === undefined ? 1 : 0 }, signal);
        const upload = await storage.write(path, options);
        if (partial) await change.end({ gone: missingEntry(partial, path), becomes: reservation.name });
        const position = at === 'end' ? goesOnFrom : (at ?? 0);
        return {
          upload,
          tally: new CountedUpload(counter, path, upload, reservation, { before, base, position }),
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

  commit(): Promise<StoredEntry> {
    return counted(this.#counter, { path: this.#path }, async ({ end }) => {
      const replaced = await this.#replaced();
      await this.#takeWhole(replaced);
      const entry = await this.#upload.commit();
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
      const kept = await this.#upload.suspend();
      this.#reservation.end();
      const gone = kept === undefined ? undefined : missingEntry(replaced, this.#path);
      await end({ added: usageOf(kept), gone, ends: this.#reservation.name });
      return kept;
    });
  }

  async discard(): Promise<void> {
    await this.#upload.discard();
    this.#reservation.release();
  }

  /** The entry that the upload replaces, once its room is claimed: no other change can then free that room. */
  async #replaced(): Promise<Entry | undefined> {
    const found = await this.#upload.replaces();
    if (found === undefined) return undefined;
    const entry = replacedEntry(found, this.#path);
    if (this.#reservation.hasClaimed(entry.id)) return found;
    if (!(await this.#reservation.claimReplaced(entry))) return found;
    // Whoever made it free before has taken it away before.
    return this.#upload.replaces();
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

/** The bytes of a file that is to be replaced, where no other upload replaces it already: else both might use its room. */
async function roomOf(published: Entry | undefined, path: VirtualPath, reservation: Reservation): Promise<number> {
  if (published?.kind !== 'file') return 0;
  return (await reservation.claimReplaced(replacedEntry(published, path))) ? published.size : 0;
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
