import {
  encodeFrame,
  type FrameQueue,
  formatItemResult,
  type ItemResult,
  multiline,
  type Reply,
  reply,
} from '../../protocol/index.ts';

/**
 * The results of a bundle's files, told in the order of the files however they come. So many are worked on at once, and
 * the last ones are remembered for the final reply: where the data connection broke, the peer may not have them.
 */
export class Answers {
  readonly #outgoing: FrameQueue;
  readonly #atOnce: number;
  readonly #remembered: number;
  readonly #pending: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();
  #recent: string[] = [];
  #count = 0;
  #stored = 0;

  constructor(outgoing: FrameQueue, { atOnce, remembered }: { readonly atOnce: number; readonly remembered: number }) {
    this.#outgoing = outgoing;
    this.#atOnce = atOnce;
    this.#remembered = remembered;
  }

  /** Files so far. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when a further file may be begun. */
  async room(): Promise<void> {
    while (this.#pending.length >= this.#atOnce) await this.#pending.shift();
  }

  /** @param result never rejects */
  add(result: Promise<ItemResult>): void {
    this.#count += 1;
    const number = this.#count;
    this.#last = Promise.all([result, this.#last]).then(([result]) => this.#tell(number, result));
    this.#pending.push(this.#last);
  }

  /** Resolves when every file has its result. */
  async all(): Promise<void> {
    await this.#last;
  }

  get complete(): Reply {
    return reply(226, `Stored ${this.#stored} of ${this.#count} items`);
  }

  /** What became of the files of a bundle that did not come to its end, with the last results by number. */
  broken(why: string): Reply {
    return multiline(426, `${why}; stored ${this.#stored} of ${this.#count} items`, this.#recent, 'End of results');
  }

  async #tell(number: number, result: ItemResult): Promise<void> {
    const { reply } = result;
    if (reply.code < 300) this.#stored += 1;
    this.#recent = [...this.#recent.slice(1 - this.#remembered), `${number} ${reply.code} ${reply.lines.join(' ')}`];
    await this.#outgoing.push(encodeFrame('result', formatItemResult(result)));
  }
}
