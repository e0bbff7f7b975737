import type { Progress } from './transfer-options.ts';

/** Counts what a call has moved, and reports it at intervals. */
export class ProgressReporter {
  readonly #about: Pick<Progress, 'direction' | 'path'>;
  readonly #report: ((progress: Progress) => void) | undefined;
  /** Bytes of the whole file, where known. */
  total: number | undefined;
  #offset = 0;
  #bytes = 0;
  #reportedAt = performance.now();

  constructor(about: Pick<Progress, 'direction' | 'path'>, report: ((progress: Progress) => void) | undefined) {
    this.#about = about;
    this.#report = report;
  }

  /** Byte of the file that this call began at. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes that this call has moved. */
  get bytes(): number {
    return this.#bytes;
  }

  begin(offset: number, total: number | undefined): void {
    this.#offset = offset;
    this.#bytes = 0;
    this.total = total;
  }

  /** Bytes from `position` on must be moved again. */
  goBackTo(position: number): void {
    this.#bytes = position - this.#offset;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#report && performance.now() - this.#reportedAt >= reportEveryMs) this.report();
  }

  report(): void {
    this.#reportedAt = performance.now();
    this.#report?.({ ...this.#about, offset: this.#offset, bytes: this.#bytes, total: this.total });
  }
}

const reportEveryMs = 100;
