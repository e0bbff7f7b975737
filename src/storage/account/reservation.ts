import { StorageError, type Usage } from '../../core/index.ts';
import { isNothing, NOTHING, type QuotaBook, sum, type Verdict } from './quota-book.ts';

/** Room in a quota that is held for files which are not there yet. */
export class Reservation {
  readonly #book: QuotaBook;
  readonly #name: string;
  readonly #recount: () => Promise<void>;
  #held = NOTHING;
  #isOver = false;
  #isSettled = false;

  constructor(book: QuotaBook, name: string, recount: () => Promise<void>) {
    this.#book = book;
    this.#name = name;
    this.#recount = recount;
  }

  get held(): Usage {
    return this.#held;
  }

  /** Whether it was to hold more than there was. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Within a change: takes all or nothing. @throws StorageError `over-quota` */
  async take(more: Usage): Promise<void> {
    if (!isNothing(more)) this.#judge(await this.#book.take(this.#name, more), more);
  }

  /** Between changes: as `take`, at once where the book is at hand, and where it is not, one at a time. */
  grow(bytes: number): void | Promise<void> {
    const more = { bytes, files: 0 };
    if (bytes === 0) return undefined;
    const verdict = this.#book.take(this.#name, more);
    if (verdict instanceof Promise || verdict === 'uncounted') return this.#growLater(verdict, more);
    return this.#judge(verdict, more);
  }

  /** Within a change: an interrupted upload becomes a part of this one. */
  claim(files: Usage): void {
    if (isNothing(files)) return;
    this.#book.claim(this.#name, files);
    this.#held = sum(this.#held, files);
  }

  /** It is over; what files take up has changed by so much. */
  settle(change: Usage): void {
    this.#isSettled = true;
    if (isNothing(this.#held) && isNothing(change)) return;
    this.#book.settle(this.#name, change);
  }

  async #growLater(first: Verdict | Promise<Verdict>, more: Usage): Promise<void> {
    let verdict = await first;
    while (verdict === 'uncounted') {
      await this.#recount();
      if (this.#isSettled) throw new StorageError('aborted', 'The upload has ended already');
      verdict = await this.#book.take(this.#name, more);
    }
    this.#judge(verdict, more);
  }

  #judge(verdict: Verdict, more: Usage): void {
    if (verdict === 'taken') {
      this.#held = sum(this.#held, more);
      return;
    }
    this.#isOver = true;
    const message = verdict === 'no-files' ? 'The quota allows no further file' : 'The quota is used up';
    throw new StorageError('over-quota', message);
  }
}
