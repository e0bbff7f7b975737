import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerWithin, background, limitsWith, type Refusal } from '../../core/index.ts';
import type { EventStream } from '../../operations/index.ts';
import type { Connection, SessionEnd } from '../../server/index.ts';
import type { Configuration } from '../configuration/index.ts';
import type { FrontEndProcess, FrontEndState, LiveView, WorkerView } from '../front-end.ts';
import type { PlainOptions } from '../server-options.ts';
import type { SharedHere } from '../shared.ts';
import type { SharedStorageOptions } from '../storage-options.ts';
import type { RecordsState, WorkerNotes } from './messages.ts';
import { fromPortable } from './portable-event.ts';
import { replacementDelayMs } from './replacement.ts';
import { WorkerProcess } from './worker-process.ts';

/** The time that workers get beyond `drainMs` to end by themselves. */
const DRAIN_GRACE_MS = 5_000;
/** The time that workers get to end their sessions at a stop. */
const STOP_GRACE_MS = 2_000;
/** The number of the worker that has the sessions of browsers. */
const WEB_WORKER = 1;
/** The time that a worker gets to tell how it does. */
const STATE_MS = 1_000;

export interface WorkerPoolParts {
  readonly count: number;
  readonly configuration: Configuration;
  readonly options: PlainOptions;
  readonly shared: SharedHere;
  readonly events: EventStream;
  readonly storage: SharedStorageOptions;
  /** Called when events of a worker found no room on their way. */
  readonly onLost: (count: number) => void;
  /** Called when a worker process has ended, with the mark of its temporary files. */
  readonly onEnded: (mark: string) => void;
}

/** The workers of a service. The worker with the fewest sessions gets the next connection. A worker that dies is replaced. */
export class WorkerPool implements AsyncDisposable {
  readonly #parts: WorkerPoolParts;
  readonly #workers = new Set<WorkerProcess>();
  readonly #begun = Promise.withResolvers<void>();
  readonly #ending = new AbortController();
  readonly #ticketSecret = randomBytes(32);
  #options: PlainOptions;
  readonly #lostEvents = new Map<number, number>();
  #restarts = 0;
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

  /** The refusal for new connections while there is no worker. */
  welcome(): Refusal | undefined {
    return this.#hasBegun && this.#workers.size === 0 ? NO_WORKER : undefined;
  }

  /** Hands a connection to a worker. Resolves when its session has ended. */
  async receive(connection: Connection): Promise<SessionEnd> {
    await this.#begun.promise;
    for (;;) {
      const worker = this.#workerFor(connection);
      if (!worker || this.#ending.signal.aborted) throw new Error(NO_WORKER.message);
      const outcome = await worker.receive(connection);
      if (outcome !== 'returned') return outcome;
      // Until then, the worker that failed is still in the list.
      await worker.ended;
    }
  }

  reload(options: PlainOptions): void {
    this.#options = options;
    for (const worker of this.#workers) worker.tell('reload', { options: this.#share });
  }

  /** What keeps records from being written, or which are waited for, has changed. */
  tellRecords(): void {
    for (const worker of this.#workers) worker.tell('records', this.#records);
  }

  /** Drains the workers: they end when their transfers have. */
  async drain(): Promise<void> {
    this.#ending.abort();
    for (const worker of this.#workers) worker.tell('drain', undefined);
    await this.#gone(limitsWith(this.#options.limits).drainMs + DRAIN_GRACE_MS);
  }

  /** Ends all workers now. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#begun.reject(new Error('The server was stopped'));
    for (const worker of this.#workers) worker.tell('stop', undefined);
    await this.#gone(STOP_GRACE_MS);
  }

  /** All workers that there are now, each with its sessions. */
  async liveView(): Promise<LiveView> {
    const { workerAnswerMs } = limitsWith(this.#options.limits);
    const views = await Promise.all([...this.#workers].map((worker) => worker.liveView(workerAnswerMs)));
    const sessions = views.flatMap(({ sessions }) => sessions);
    const workers = Array.from({ length: this.#parts.count }, (_, index): WorkerView => {
      const view = views.find(({ worker }) => worker.worker === index + 1);
      return view?.worker ?? { worker: index + 1, state: 'starting', sessions: 0 };
    });
    return { sessions, workers };
  }

  async state(): Promise<Pick<FrontEndState, 'processes' | 'workers'>> {
    const workers = [...this.#workers].filter(({ isServing }) => isServing);
    const processes = await Promise.all(workers.map(processOf));
    return {
      processes: processes.filter((each) => each !== undefined),
      workers: {
        configured: this.#parts.count,
        serving: workers.length,
        restarts: this.#restarts,
        lostEvents: this.#lostEvents,
      },
    };
  }

  async endSession(session: string, reason: string, told?: string): Promise<boolean> {
    // Sessions of browsers are known to their worker alone.
    const worker = [...this.#workers].find((each) => each.has(session)) ?? this.#webWorker;
    return (await worker?.endSession(session, reason, told)) ?? false;
  }

  /** A browser's session lives on over many connections: all of them go to one worker. */
  #workerFor({ mode }: Connection): WorkerProcess | undefined {
    return mode === 'web' ? this.#webWorker : [...this.#workers].sort(byServiceAndLoad)[0];
  }

  get #webWorker(): WorkerProcess | undefined {
    return [...this.#workers].find(({ number }) => number === WEB_WORKER);
  }

  #hear(worker: number, { events, lost }: WorkerNotes['events']): void {
    const message = `${lost} events of worker ${worker} are missing here: they came faster than they could be taken`;
    if (lost > 0) {
      this.#parts.onLost(lost);
      this.#lostEvents.set(worker, (this.#lostEvents.get(worker) ?? 0) + lost);
      this.#parts.events.publish({ event: 'warning', message });
    }
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
      records: this.#records,
    };
    const onEvents = (batch: WorkerNotes['events']) => this.#hear(number, batch);
    const worker = new WorkerProcess(start, { shared, onEvents });
    this.#workers.add(worker);
    const forget = () => this.#workers.delete(worker);
    background(worker.ended.then(forget), forget);
    const tell = () =>
      this.#parts.events.publish({ event: 'notice', message: `Worker ${number} serves, as process ${worker.pid}` });
    // If it does not begin to serve, its end is published instead.
    background(worker.ready.then(tell), () => undefined);
    return worker;
  }

  /** Replaces a worker each time it ends, until the pool ends. */
  async #keep(first: WorkerProcess): Promise<void> {
    let delayMs = 0;
    for (let worker = first; ; worker = this.#start(first.number)) {
      const { how, failure, servedMs, mark } = await worker.ended;
      if (this.#ending.signal.aborted) return;
      this.#restarts += 1;
      if (mark !== undefined) this.#parts.onEnded(mark);
      delayMs = replacementDelayMs(servedMs, delayMs);
      const why = failure === undefined ? how : `${how}: ${failure}`;
      const message = `Worker ${first.number} ended, and its sessions with it (${why}); another one begins`;
      this.#parts.events.publish({ event: 'warning', message: `${message}${delayMs > 0 ? ` in ${delayMs} ms` : ''}` });
      await sleep(delayMs, undefined, { signal: this.#ending.signal });
    }
  }

  get #records(): RecordsState {
    const { records, receipts } = this.#parts.shared;
    return {
      awaited: records && [...records.awaited],
      haveReceipts: receipts !== undefined,
      trouble: records?.trouble,
    };
  }

  /** The options of one worker. A limit that the workers cannot count together is divided among them. */
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

/** Prefers workers that serve: a worker that is still starting, or hangs, would let the peer wait. */
function byServiceAndLoad(one: WorkerProcess, other: WorkerProcess): number {
  return Number(other.isServing) - Number(one.isServing) || one.sessionCount - other.sessionCount;
}

/** How a worker does; undefined where it does not tell in time. */
async function processOf(worker: WorkerProcess): Promise<FrontEndProcess | undefined> {
  const state = await answerWithin(worker.state(), STATE_MS);
  return state && { process: String(worker.number), ...state };
}
