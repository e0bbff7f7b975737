type Flush = () => Promise<void>;

/**
 * Flushes of one thing that many ask for at once: whoever asks gets one that began behind the asking, and shares it with
 * all who asked while an earlier one went on.
 */
export class SharedFlushes {
  readonly #underWay = new Map<string, FlushUnderWay>();

  /**
   * Resolves when all that stands there now is flushed.
   * @param what which thing it is: the same for all who flush the same
   * @param flush of those who share a flush that of the first is called, and none of them is done before that is
   * @throws what the flush throws
   */
  flush(what: string, flush: Flush): Promise<void> {
    const underWay = this.#underWay.get(what);
    if (!underWay) return this.#begin(what, flush);
    const begin = () => this.#begin(what, flush);
    underWay.next ??= underWay.done.then(begin, begin);
    return underWay.next;
  }

  #begin(what: string, flush: Flush): Promise<void> {
    const done = flush();
    this.#underWay.set(what, { done, next: undefined });
    const end = () => this.#underWay.delete(what);
    done.then(end, end);
    return done;
  }
}

interface FlushUnderWay {
  readonly done: Promise<void>;
  /** For those who asked meanwhile. */
  next: Promise<void> | undefined;
}
