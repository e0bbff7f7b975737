import type { Entry, Storage, Upload, Usage, VirtualPath, WriteOptions } from '../../core/index.ts';
import { publishedAt } from './published.ts';
import { type QuotaLedger, usageOf } from './quota-ledger.ts';

const NOTHING: Usage = { bytes: 0, files: 0 };

/** What one upload holds of a quota. All but `grow` runs as a change of the ledger: nothing else changes meanwhile. */
export class UploadTally {
  readonly #ledger: QuotaLedger;
  /** Bytes that were there before, of the interrupted upload or of the published file. */
  readonly #before: number;
  /** Of these, what counted already: the interrupted upload, which is this one now. */
  readonly #inherited: Usage;
  #position: number;
  #taken: Usage = NOTHING;
  #isOver = false;

  private constructor(
    ledger: QuotaLedger,
    start: { readonly before: number; readonly inherited: Usage; readonly position: number },
  ) {
    this.#ledger = ledger;
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
    const tally = new UploadTally(ledger, { before, position, inherited: usageOf(partial) });
    const files = published === undefined && partial === undefined ? 1 : 0;
    // Only asked for: what really comes is taken as it comes.
    const expected = { bytes: Math.max(0, expectedSize - before), files };
    ledger.take(expected);
    ledger.give({ bytes: expected.bytes, files: 0 });
    tally.#taken = { bytes: 0, files };
    return tally;
  }

  /** Takes what further bytes need. @throws StorageError `over-quota` */
  grow(bytes: number): void {
    const end = this.#position + bytes;
    try {
      this.#take({ bytes: Math.max(0, end - this.#before - this.#taken.bytes), files: 0 });
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
    this.#position = end;
  }

  /** Gives back what was taken for an upload that did not begin; what it would have gone on with is still there. */
  forget(): void {
    this.#ledger.give(this.#taken);
  }

  async commit(upload: Upload): Promise<Entry> {
    const replaced = usageOf(await upload.replaces());
    this.#takeWhole(replaced);
    const entry = await upload.commit();
    this.#become(usageOf(entry), replaced);
    return entry;
  }

  async suspend(upload: Upload): Promise<Entry | undefined> {
    const replaced = usageOf(await upload.replaces());
    if (this.#isOver || !this.#fitsWhole(replaced)) {
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

  get #held(): Usage {
    return { bytes: this.#inherited.bytes + this.#taken.bytes, files: this.#inherited.files + this.#taken.files };
  }

  /**
   * Takes what the whole needs beyond what is held, and beyond what it replaces: nothing, unless the file that the upload
   * goes on from was removed or moved meanwhile.
   */
  #takeWhole(replaced: Usage): void {
    const size = Math.max(this.#before, this.#position);
    this.#take({
      bytes: Math.max(0, size - replaced.bytes - this.#held.bytes),
      files: Math.max(0, 1 - replaced.files - this.#held.files),
    });
  }

  #fitsWhole(replaced: Usage): boolean {
    try {
      this.#takeWhole(replaced);
      return true;
    } catch {
      return false;
    }
  }

  #take(more: Usage): void {
    this.#ledger.take(more);
    this.#taken = { bytes: this.#taken.bytes + more.bytes, files: this.#taken.files + more.files };
  }

  /** What was held counts no more, but what the upload became does, in place of what it replaced. */
  #become(result: Usage, replaced: Usage): void {
    const { bytes, files } = this.#held;
    this.#ledger.give({
      bytes: bytes + replaced.bytes - result.bytes,
      files: files + replaced.files - result.files,
    });
  }
}
