/**
 * A queue between one writer and one reader. The writer waits while what is in it weighs more than allowed; the reader
 * waits while it is empty.
 */
export class BoundedQueue<Item> {
  readonly #most: number;
  readonly #weigh: (item: Item) => number;
  #items: Item[] = [];
  #weight = 0;
  #outcome: { readonly error?: unknown } | undefined;
  #hasReader = true;
  #wakeReader: () => void = () => undefined;
  #wakeWriter: () => void = () => undefined;

  /** @param most what the items in it may weigh before the writer waits. @param weigh default: one each */
  constructor(most: number, weigh: (item: Item) => number = () => 1) {
    this.#most = most;
    this.#weigh = weigh;
  }

  /** Resolves when the next item may come: false where nobody will read any more, and this one is dropped. */
  async push(item: Item): Promise<boolean> {
    if (!this.#hasReader || this.#outcome) return false;
    this.#items.push(item);
    this.#weight += this.#weigh(item);
    this.#wakeReader();
    while (this.#weight >= this.#most && this.#hasReader && !this.#outcome) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
    return this.#hasReader;
  }

  /** No further item will come; those that are in it are still read. */
  end(): void {
    this.#settle({});
  }

  /** The same, and who reads on behind them gets `error` thrown. */
  fail(error: unknown): void {
    this.#settle({ error });
  }

  /** All that is there, at least one; undefined at the end. @throws what `fail` was given */
  async take(): Promise<readonly Item[] | undefined> {
    if (!(await this.#hasItem())) return undefined;
    const items = this.#items;
    this.#items = [];
    this.#weight = 0;
    this.#wakeWriter();
    return items;
  }

  /** The next one; undefined at the end. @throws what `fail` was given */
  async next(): Promise<Item | undefined> {
    if (!(await this.#hasItem())) return undefined;
    const item = this.#items.shift();
    if (item !== undefined) this.#weight -= this.#weigh(item);
    this.#wakeWriter();
    return item;
  }

  /** Nothing more will be read. */
  leave(): void {
    this.#hasReader = false;
    this.#items = [];
    this.#weight = 0;
    this.#wakeWriter();
  }

  async #hasItem(): Promise<boolean> {
    while (this.#items.length === 0) {
      if (this.#outcome && 'error' in this.#outcome) throw this.#outcome.error;
      if (this.#outcome) return false;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
    return true;
  }

  #settle(outcome: { readonly error?: unknown }): void {
    this.#outcome ??= outcome;
    this.#wakeReader();
    this.#wakeWriter();
  }
}
