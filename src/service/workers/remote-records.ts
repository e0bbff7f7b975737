import type { RecordStore } from '../../core/index.ts';
import type { RecordsState } from './messages.ts';
import type { Primary } from './primary.ts';

/** The record that the primary process keeps, in a worker. Whoever waits at the same time waits for one call together. */
export class RemoteRecords implements RecordStore {
  readonly #primary: Primary;
  readonly #sendEvents: () => void;
  #trouble: string | undefined;
  #asked: Promise<boolean> = Promise.resolve(true);
  #next: Promise<boolean> | undefined;

  /** @param sendEvents sends what was published so far on its way to the primary process */
  constructor(primary: Primary, { trouble }: RecordsState, sendEvents: () => void) {
    this.#primary = primary;
    this.#trouble = trouble;
    this.#sendEvents = sendEvents;
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  change({ trouble }: RecordsState): void {
    this.#trouble = trouble;
  }

  recorded(): Promise<boolean> {
    this.#next ??= this.#askAfter(this.#asked);
    return this.#next;
  }

  async #askAfter(asked: Promise<boolean>): Promise<boolean> {
    await asked;
    this.#asked = this.#ask();
    this.#next = undefined;
    return this.#asked;
  }

  async #ask(): Promise<boolean> {
    // Messages arrive in their order: the events come before the question.
    this.#sendEvents();
    try {
      return await this.#primary.call('recorded', undefined);
    } catch {
      return false;
    }
  }
}
