/**
 * Flushes of one thing that many ask for at once: whoever asks gets one that began behind the asking, and shares it with
 * all who asked while an earlier one went on.
 */
export class SharedFlushes {
  readonly #flush: (path: string) => Promise<void>;
  readonly #underWay = new Map<string, Flush>();

  constructor(flush: (path: string) => Promise<void>) {
    this.#flush = flush;
  }

  /** Resolves when all that stands there now is flushed. @throws what the flush throws */
  flush(path: string): Promise<void> {
    const flush = this.#underWay.get(path);
    if (!flush) return this.#begin(path);
    const begin = () => this.#begin(path);
    flush.next ??= flush.done.then(begin, begin);
    return flush.next;
  }

  #begin(path: string): Promise<void> {
    const done = this.#flush(path).finally(() => this.#underWay.delete(path));
    this.#underWay.set(path, { done, next: undefined });
    return done;
  }
}

interface Flush {
  readonly done: Promise<void>;
  /** For those who asked meanwhile. */
  next: Promise<void> | undefined;
}
