import { Writable } from 'node:stream';

/**
 * Bytes on their way from a writer to a data connection. The writer may end it, and does not say by that whether it was
 * all: the stream goes on until that is decided.
 */
export class OutgoingSink extends Writable {
  /** Bytes that were written so far. */
  bytes = 0;
  #next: { readonly chunk: Buffer; readonly done: () => void } | undefined;
  #verdict: 'whole' | 'part' | undefined;
  #wake: () => void = () => undefined;

  constructor() {
    super({ autoDestroy: false });
    // Whoever ends the upload hears of it.
    this.on('error', () => undefined);
  }

  /** Whether what was written is not all. */
  get isPart(): boolean {
    return this.destroyed || this.#verdict !== 'whole';
  }

  /** What was written is all, or is a part that will be gone on with; nothing more may come. */
  decide(verdict: 'whole' | 'part'): void {
    this.#verdict = verdict;
    this.end(() => this.#wake());
    this.#wake();
  }

  /** What is written, once; ends when it is decided, or broken off. */
  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const next = this.#next;
      if (this.destroyed) return;
      if (next) {
        this.#next = undefined;
        yield next.chunk;
        next.done();
      } else if (this.#verdict && this.writableFinished) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.bytes += chunk.length;
    this.#next = { chunk, done };
    this.#wake();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    done(error);
    this.#wake();
  }
}
