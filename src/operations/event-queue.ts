import { background, type ServerEvent, waitAtMost } from '../core/index.ts';

/** Sent at once. */
const MAX_BATCH = 256;

/** Sends events, in their order. @param lost how many before them found no room in the queue */
type SendEvents = (events: readonly ServerEvent[], lost: number) => Promise<void>;

/**
 * Events on their way to something slow: another process, a database, a web hook. Whoever publishes never waits for it; what
 * finds no room is dropped and counted.
 */
export class EventQueue {
  readonly #maxEvents: number;
  readonly #send: SendEvents;
  #waiting: ServerEvent[] = [];
  #lost = 0;
  #emptied: Promise<void> | undefined;

  /** @param maxEvents how many may wait @param send must not reject for ever: an event that it rejects counts as lost */
  constructor(maxEvents: number, send: SendEvents) {
    this.#maxEvents = maxEvents;
    // What it throws at once counts as rejected: `#empty` must not end before `add` has noted that it runs.
    this.#send = async (events, lost) => send(events, lost);
  }

  /** How many events wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Gives whether there was room for it. */
  add(event: ServerEvent): boolean {
    if (this.#waiting.length >= this.#maxEvents) {
      this.#lost += 1;
      return false;
    }
    this.#waiting.push(event);
    if (this.#emptied) return true;
    this.#emptied = this.#empty();
    background(this.#emptied, () => undefined);
    return true;
  }

  /** Sends all that waits, without waiting for what is on its way. Whoever calls it bounds how much that can become. */
  sendAll(): void {
    while (this.#waiting.length > 0) background(this.#sendBatch(), () => undefined);
  }

  /** Resolves when all is sent, or that time is over. */
  async end(withinMs: number): Promise<void> {
    if (this.#emptied) await waitAtMost(this.#emptied, withinMs);
  }

  async #empty(): Promise<void> {
    while (this.#waiting.length > 0) await this.#sendBatch();
    this.#emptied = undefined;
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#waiting.splice(0, MAX_BATCH);
    const lost = this.#lost;
    this.#lost = 0;
    try {
      await this.#send(batch, lost);
    } catch {
      this.#lost += lost + batch.length;
    }
  }
}
