import { StorageError } from '../core/index.ts';
import { ByteRanges } from './byte-ranges.ts';

/** How long a file is that is being changed, and which of its bytes have come. */
export class FileExtent {
  readonly #come = new ByteRanges();
  readonly #leavesEnd: boolean;
  #size: number;
  /** Where the bytes end that came since it was opened. */
  #reached: number | undefined;

  /**
   * @param size bytes that it begins with
   * @param leavesEnd whether what it begins with is an interrupted upload: the end of one was never published, and must not
   *   be where bytes come before it
   */
  constructor(size: number, leavesEnd: boolean) {
    this.#size = size;
    this.#leavesEnd = leavesEnd;
    this.#come.add(0, size);
  }

  get size(): number {
    return this.#size;
  }

  /** Where the file ends that would be published now. */
  get end(): number {
    return (this.#leavesEnd ? this.#reached : undefined) ?? this.#size;
  }

  /** Where the first byte of that is missing. */
  get wholeUpTo(): number {
    return Math.min(this.#come.wholeUpTo, this.end);
  }

  /** @throws StorageError `unsupported` for more gaps than are kept */
  wrote(start: number, end: number): void {
    this.#come.add(start, end);
    this.#size = Math.max(this.#size, end);
    this.#reached = Math.max(this.#reached ?? 0, end);
  }

  truncated(size: number): void {
    this.#come.cut(size);
    this.#come.add(this.#size, size);
    this.#size = size;
    this.#reached = size;
  }
}

/** @throws StorageError `incomplete` where bytes of what would be published are missing */
export function checkWhole({ end, wholeUpTo }: { readonly end: number; readonly wholeUpTo: number }): void {
  if (wholeUpTo < end) throw new StorageError('incomplete', 'Bytes of the file are missing');
}
