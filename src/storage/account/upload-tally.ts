import type { Entry, Storage, Upload, Usage, VirtualPath, WriteOptions } from '../../core/index.ts';
import { publishedAt } from './published.ts';
import { difference, NOTHING } from './quota-book.ts';
import { type QuotaLedger, usageOf } from './quota-ledger.ts';
import type { Reservation } from './reservation.ts';

/** What one upload holds of a quota. All but `grow` runs as a change of the ledger: nothing else changes meanwhile. */
export class UploadTally {
  readonly #reservation: Reservation;
  /** Bytes that were there before, of the interrupted upload or of the published file. */
  readonly #before: number;
  /** Of these, what counted already: the interrupted upload, which is this one now. */
  readonly #inherited: Usage;
  #position: number;

  private constructor(
    reservation: Reservation,
    start: { readonly before: number; readonly inherited: Usage; readonly position: number },
  ) {
    this.#reservation = reservation;
    this.#before = start.before;
    this.#inherited = start.inherited;
    this.#position = start.position;
  }

  /** @throws StorageError `over-quota` where the upload cannot fit from the start. */
  static async open(storage: Storage, ledger: QuotaLedger, path: VirtualPath, options: WriteOptions) {
    const { at, expectedSize = 0 } = options;
    const published = await publishedAt(storage, path);
    const partial = at === undefined || published !== undefined ? undefined : await storage.partial?.(path);
    const before = at === undefined ? 0 : ((published ?? partial)?.size ?? 0);
    const position = at === 'end' ? before : (at ?? 0);
    // Only asked for: what really comes is taken as it comes.
    const asked = ledger.reserve(storage);
    await asked.take({ bytes: Math.max(0, expectedSize - before), files: 0 });
    asked.settle(NOTHING);
    const reservation = ledger.reserve(storage);
    await reservation.take({ bytes: 0, files: published === undefined && partial === undefined ? 1 : 0 });
    const inherited = usageOf(partial);
    reservation.claim(inherited);
    return new UploadTally(reservation, { before, position, inherited });
  }

  /** Takes what further bytes need. @throws StorageError `over-quota` */
  grow(bytes: number): void | Promise<void> {
    this.#position += bytes;
    const taken = this.#reservation.held.bytes - this.#inherited.bytes;
    return this.#reservation.grow(Math.max(0, this.#position - this.#before - taken));
  }

  /** Gives back what was taken for an upload that did not begin; what it would have gone on with is still there. */
  forget(): void {
    this.#reservation.settle(this.#inherited);
  }

  async commit(upload: Upload): Promise<Entry> {
    const replaced = usageOf(await upload.replaces());
    await this.#takeWhole(replaced);
    const entry = await upload.commit();
    this.#become(usageOf(entry), replaced);
    return entry;
  }

  async suspend(upload: Upload): Promise<Entry | undefined> {
    const replaced = usageOf(await upload.replaces());
    if (this.#reservation.isOver || !(await this.#fitsWhole(replaced))) {
      await this.discard(upload);
      return undefined;
    }
    const kept = await upload.suspend();
    this.#become(usageOf(kept), kept === undefined ? NOTHING : replaced);
    return kept;
  }

  async discard(upload: Upload): Promise<void> {
    await upload.discard();
    this.#become(NOTHING, NOTHING);
  }

  /**
   * Takes what the whole needs beyond what is held, and beyond what it replaces: nothing, unless the file that the upload
   * goes on from was removed or moved meanwhile.
   */
  async #takeWhole(replaced: Usage): Promise<void> {
    const size = Math.max(this.#before, this.#position);
    const { held } = this.#reservation;
    await this.#reservation.take({
      bytes: Math.max(0, size - replaced.bytes - held.bytes),
      files: Math.max(0, 1 - replaced.files - held.files),
    });
  }

  async #fitsWhole(replaced: Usage): Promise<boolean> {
    try {
      await this.#takeWhole(replaced);
      return true;
    } catch {
      return false;
    }
  }

  /** What was held counts no more, but what the upload became does, in place of what it replaced. */
  #become(result: Usage, replaced: Usage): void {
    this.#reservation.settle(difference(result, replaced));
  }
}
