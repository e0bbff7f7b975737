import type { VirtualPath } from '../../core/index.ts';

/** What is known so far: the walk is never far ahead of the copying, so the first two grow. */
export interface SyncTotals {
  /** Files to copy. */
  readonly files: number;
  /** Bytes of the files to copy. */
  readonly bytes: number;
  /** Files copied. */
  readonly filesDone: number;
  /** Bytes that stand at the destination: copied, or kept from an earlier run. */
  readonly bytesDone: number;
}

export interface SyncProgress {
  /** Below the source directory. */
  readonly path: VirtualPath;
  /** Of this file, what stands at the destination. */
  readonly bytes: number;
  /** Of this file. */
  readonly size: number;
  readonly totals: SyncTotals;
}

/** Keeps the totals of one run. */
export class RunProgress {
  readonly #listener: ((progress: SyncProgress) => void) | undefined;
  #totals: SyncTotals = { files: 0, bytes: 0, filesDone: 0, bytesDone: 0 };

  constructor(listener: ((progress: SyncProgress) => void) | undefined) {
    this.#listener = listener;
  }

  get totals(): SyncTotals {
    return this.#totals;
  }

  expect(size: number): void {
    const { files, bytes } = this.#totals;
    this.#totals = { ...this.#totals, files: files + 1, bytes: bytes + size };
  }

  complete(): void {
    this.#totals = { ...this.#totals, filesDone: this.#totals.filesDone + 1 };
  }

  /** A function that is told how many bytes more of the file there are. */
  of(path: VirtualPath, size: number): (more: number) => void {
    let bytes = 0;
    return (more) => {
      bytes += more;
      this.#totals = { ...this.#totals, bytesDone: this.#totals.bytesDone + more };
      this.#listener?.({ path, bytes, size, totals: this.#totals });
    };
  }
}
