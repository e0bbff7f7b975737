import type { Progress } from './transfer-options.ts';

/** Counts what a call has moved, and tells of it now and then. */
export class Meter {
  readonly #about: Pick<Progress, 'direction' | 'path'>;
  readonly #tell: ((progress: Progress) => void) | undefined;
  /** Bytes of the whole file, where known. */
  total: number | undefined;
  #offset = 0;
  #bytes = 0;
  #toldAt = performance.now();

  constructor(about: Pick<Progress, 'direction' | 'path'>, tell: ((progress: Progress) => void) | undefined) {
    this.#about = about;
    this.#tell = tell;
  }

  /** Byte of the file that this call began at. */
  get offset(): number {
    return this.#offset;
  }

  /** Moved by this call. */
  get bytes(): number {
    return this.#bytes;
  }

  begin(offset: number, total: number | undefined): void {
    this.#offset = offset;
    this.#bytes = 0;
    this.total = total;
  }

  /** What went to byte `position` and beyond has to be moved again. */
  goBackTo(position: number): void {
    this.#bytes = position - this.#offset;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#tell && performance.now() - this.#toldAt >= tellEveryMs) this.tell();
  }

  tell(): void {
    this.#toldAt = performance.now();
    this.#tell?.({ ...this.#about, offset: this.#offset, bytes: this.#bytes, total: this.total });
  }
}

const tellEveryMs = 100;
