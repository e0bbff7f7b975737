/** Portions that were read before those in front of them. More are not kept: then the file does not count as read whole. */
const MAX_AHEAD = 1024;

/** How much of a file was read from its first byte on, without a gap. What is read twice counts once. */
export class ReadExtent {
  /** Where the portions end that stand behind a gap, by where they start. */
  readonly #ahead = new Map<number, number>();
  #wholeUpTo = 0;

  get wholeUpTo(): number {
    return this.#wholeUpTo;
  }

  add(start: number, end: number): void {
    if (end <= start) return;
    if (start > this.#wholeUpTo) {
      const known = this.#ahead.get(start);
      if (known !== undefined || this.#ahead.size < MAX_AHEAD) this.#ahead.set(start, Math.max(known ?? 0, end));
      return;
    }
    this.#wholeUpTo = Math.max(this.#wholeUpTo, end);
    for (let next = this.#reached(); next !== undefined; next = this.#reached()) {
      const [at, upTo] = next;
      this.#ahead.delete(at);
      this.#wholeUpTo = Math.max(this.#wholeUpTo, upTo);
    }
  }

  #reached(): readonly [start: number, end: number] | undefined {
    return this.#ahead.entries().find(([start]) => start <= this.#wholeUpTo);
  }
}
