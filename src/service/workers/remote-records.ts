import type { AwaitedRecords } from '../shared.ts';
import type { RecordsState } from './messages.ts';
import type { Primary } from './primary.ts';

/** The record that the primary process keeps, in a worker. Whoever waits at the same time waits for one call together. */
export class RemoteRecords implements AwaitedRecords {
  readonly #primary: Primary;
  readonly #sendEvents: () => void;
  #trouble: string | undefined;
  #awaited: ReadonlySet<string>;
  #asked: Promise<boolean> = Promise.resolve(true);
  #next: Promise<boolean> | undefined;

  /** @param sendEvents sends what was published so far on its way to the primary process */
  constructor(primary: Primary, { trouble, awaited }: RecordsState, sendEvents: () => void) {
    this.#primary = primary;
    this.#trouble = trouble;
    this.#awaited = new Set(awaited);
    this.#sendEvents = sendEvents;
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  get awaited(): ReadonlySet<string> {
    return this.#awaited;
  }

  change({ trouble, awaited }: RecordsState): void {
    this.#trouble = trouble;
    this.#awaited = new Set(awaited);
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
