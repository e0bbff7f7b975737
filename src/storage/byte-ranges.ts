import { type ByteRange, StorageError } from '../core/index.ts';

/** More than any client needs that sends bytes out of their order; a range costs memory, and time with each change. */
const MAX_RANGES = 4096;

type Range = Required<ByteRange>;

/** Bytes of a file, as ranges that do not touch each other. */
export class ByteRanges {
  readonly #ranges: Range[] = [];

  get count(): number {
    return this.#ranges.length;
  }

  /** How many bytes it has from the first one of the file on, without a gap. */
  get wholeUpTo(): number {
    const [first] = this.#ranges;
    return first?.start === 0 ? first.end : 0;
  }

  /** Behind the last byte that it has. */
  get end(): number {
    return this.#ranges.at(-1)?.end ?? 0;
  }

  /** @throws StorageError `unsupported` for more ranges than are kept */
  add(start: number, end: number): void {
    if (end <= start) return;
    const at = this.#ranges.findIndex((range) => range.end >= start);
    const from = at < 0 ? this.#ranges.length : at;
    const behind = this.#ranges.findIndex((range) => range.start > end);
    const touching = this.#ranges.slice(from, behind < 0 ? undefined : behind);
    if (touching.length === 0 && this.#ranges.length >= MAX_RANGES) {
      throw new StorageError('unsupported', 'The file has too many gaps');
    }
    const whole = {
      start: Math.min(start, touching[0]?.start ?? start),
      end: Math.max(end, touching.at(-1)?.end ?? end),
    };
    this.#ranges.splice(from, touching.length, whole);
  }

  /** Leaves out what lies behind this many bytes. */
  cut(size: number): void {
    const kept = this.#ranges
      .filter(({ start }) => start < size)
      .map(({ start, end }) => ({ start, end: Math.min(end, size) }));
    this.#ranges.splice(0, this.#ranges.length, ...kept);
  }

  /** The first bytes that it lacks of so many. */
  firstGap(size: number): Range | undefined {
    const start = this.wholeUpTo;
    const next = this.#ranges.find((range) => range.start > start);
    return start < size ? { start, end: Math.min(size, next?.start ?? size) } : undefined;
  }

  /** The last bytes that it lacks of so many. */
  lastGap(size: number): Range | undefined {
    const before = this.#ranges.findLast(({ start }) => start < size);
    if (before === undefined) return size > 0 ? { start: 0, end: size } : undefined;
    return before.end < size ? { start: before.end, end: size } : this.lastGap(before.start);
  }

  /** Whether it has a byte, and up to which other one the same holds. */
  at(position: number): { readonly isIn: boolean; readonly end: number } {
    const next = this.#ranges.find(({ end }) => end > position);
    if (next === undefined) return { isIn: false, end: Number.POSITIVE_INFINITY };
    return next.start <= position ? { isIn: true, end: next.end } : { isIn: false, end: next.start };
  }
}
