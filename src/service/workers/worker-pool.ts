import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { background, limitsWith, type Refusal, type SessionInfo, type SessionList } from '../../core/index.ts';
import type { EventStream } from '../../operations/index.ts';
import type { Connection, SessionEnd } from '../../server/index.ts';
import type { Configuration } from '../configuration/index.ts';
import type { PlainOptions } from '../server-options.ts';
import type { SharedHere } from '../shared.ts';
import type { SharedStorageOptions } from '../storage-options.ts';
import type { WorkerNotes } from './messages.ts';
import { fromPortable } from './portable-event.ts';
import { replacementDelayMs } from './replacement.ts';
import { WorkerProcess } from './worker-process.ts';

/** What workers have, beyond `drainMs`, to end in good order. */
const DRAIN_GRACE_MS = 5_000;
/** What workers have to end their sessions at once. */
const STOP_GRACE_MS = 2_000;

export interface WorkerPoolParts {
  readonly count: number;
  readonly configuration: Configuration;
  readonly options: PlainOptions;
  readonly shared: SharedHere;
  readonly events: EventStream;
  readonly storage: SharedStorageOptions;
  /** Hears of a process that has ended, by the mark of its temporary files. */
  readonly onEnded: (mark: string) => void;
}

/** The workers of a service: connections are handed to the one with the fewest, and one that dies is replaced. */
export class WorkerPool implements SessionList, AsyncDisposable {
  readonly #parts: WorkerPoolParts;
  readonly #workers = new Set<WorkerProcess>();
  readonly #begun = Promise.withResolvers<void>();
  readonly #ending = new AbortController();
  readonly #ticketSecret = randomBytes(32);
  #options: PlainOptions;
  #hasBegun = false;

  constructor(parts: WorkerPoolParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#begun.promise.catch(() => undefined);
  }

  get sessionCount(): number {
    return [...this.#workers].reduce((sum, { sessionCount }) => sum + sessionCount, 0);
  }

  /** Starts the workers. @throws Error where one can't serve */
  async begin(): Promise<void> {
    const workers = Array.from({ length: this.#parts.count }, (_, index) => this.#start(index + 1));
    this.#hasBegun = true;
    this.#begun.resolve();
    await Promise.all(workers.map(({ ready }) => ready));
    for (const worker of workers) background(this.#keep(worker), () => undefined);
  }

  /** Why nobody can be served now, where that is so. */
  welcome(): Refusal | undefined {
    return this.#hasBegun && this.#workers.size === 0 ? NO_WORKER : undefined;
  }

  /** Hands a connection over; resolves when its session has ended. */
  async receive(connection: Connection): Promise<SessionEnd> {
    await this.#begun.promise;
    for (;;) {
      const [worker] = [...this.#workers].sort(byServiceAndLoad);
      if (!worker || this.#ending.signal.aborted) throw new Error(NO_WORKER.message);
      const outcome = await worker.receive(connection);
      if (outcome !== 'returned') return outcome;
      // Only then is it none of the workers any more.
      await worker.ended;
    }
  }

  reload(options: PlainOptions): void {
    this.#options = options;
    for (const worker of this.#workers) worker.tell('reload', { options: this.#share });
  }

  /** Lets the workers end in good order. */
  async drain(): Promise<void> {
    this.#ending.abort();
    for (const worker of this.#workers) worker.tell('drain', undefined);
    await this.#gone(limitsWith(this.#options.limits).drainMs + DRAIN_GRACE_MS);
  }

  /** Ends everything now. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#begun.reject(new Error('The server was stopped'));
    for (const worker of this.#workers) worker.tell('stop', undefined);
    await this.#gone(STOP_GRACE_MS);
  }

  /** Without those of a worker that ends meanwhile. */
  async sessions(): Promise<readonly SessionInfo[]> {
    const lists = await Promise.allSettled([...this.#workers].map((worker) => worker.sessions()));
    return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  }

  async endSession(session: string, reason: string): Promise<boolean> {
    const worker = [...this.#workers].find((each) => each.has(session));
    return (await worker?.endSession(session, reason)) ?? false;
  }

  #hear(worker: number, { events, lost }: WorkerNotes['events']): void {
    const message = `${lost} events of worker ${worker} are missing here: they came faster than they could be taken`;
    if (lost > 0) this.#parts.events.publish({ event: 'warning', message });
    for (const event of events) this.#parts.events.deliver(fromPortable(event));
  }

  #start(number: number): WorkerProcess {
    const { configuration, shared, storage, events } = this.#parts;
    const start = {
      worker: number,
      configuration,
      options: this.#share,
      storage,
      wanted: events.wanted,
      ticketSecret: this.#ticketSecret,
    };
    const onEvents = (batch: WorkerNotes['events']) => this.#hear(number, batch);
    const worker = new WorkerProcess(start, { shared, onEvents });
    this.#workers.add(worker);
    const forget = () => this.#workers.delete(worker);
    background(worker.ended.then(forget), forget);
    const tell = () =>
      this.#parts.events.publish({ event: 'notice', message: `Worker ${number} serves, as process ${worker.pid}` });
    // Where it doesn't, its end is told.
    background(worker.ready.then(tell), () => undefined);
    return worker;
  }

  /** Keeps the place of a worker filled until the pool ends. */
  async #keep(first: WorkerProcess): Promise<void> {
    let delayMs = 0;
    for (let worker = first; ; worker = this.#start(first.number)) {
      const { how, failure, servedMs, mark } = await worker.ended;
      if (this.#ending.signal.aborted) return;
      if (mark !== undefined) this.#parts.onEnded(mark);
      delayMs = replacementDelayMs(servedMs, delayMs);
      const why = failure === undefined ? how : `${how}: ${failure}`;
      const message = `Worker ${first.number} ended, and its sessions with it (${why}); another one begins`;
      this.#parts.events.publish({ event: 'warning', message: `${message}${delayMs > 0 ? ` in ${delayMs} ms` : ''}` });
      await sleep(delayMs, undefined, { signal: this.#ending.signal });
    }
  }

  /** The options of one worker: what can't be counted together is divided. */
  get #share(): PlainOptions {
    const limits = limitsWith(this.#options.limits);
    const maxPassiveListeners = Math.max(1, Math.floor(limits.maxPassiveListeners / this.#parts.count));
    return { ...this.#options, limits: { ...limits, maxPassiveListeners } };
  }

  async #gone(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#workers.forEach((worker) => worker.kill()), withinMs);
    await Promise.all([...this.#workers].map(({ ended }) => ended));
    clearTimeout(timer);
  }
}

const NO_WORKER: Refusal = { refused: 'unavailable', message: 'No session can be opened now; try again in a moment' };

/** One that is still starting, or hangs, would let the peer wait. */
function byServiceAndLoad(one: WorkerProcess, other: WorkerProcess): number {
  return Number(other.isServing) - Number(one.isServing) || one.sessionCount - other.sessionCount;
}
