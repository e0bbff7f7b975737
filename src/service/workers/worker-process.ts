import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { background, limitsWith, type SessionInfo } from '../../core/index.ts';
import type { Connection, SessionEnd } from '../../server/index.ts';
import type { SharedHere } from '../shared.ts';
import { beatEveryMs, Heartbeat } from './heartbeat.ts';
import type { FromPrimary, FromWorker, PrimaryNotes, WorkerNotes, WorkerProcedures } from './messages.ts';
import { RpcClient } from './rpc.ts';
import { SharedServer } from './shared-server.ts';

/** Beside this file, as a source and as it is built. */
const ENTRY = path.join(import.meta.dirname, `main${path.extname(import.meta.filename)}`);

/** How a worker ended. */
export interface WorkerEnd {
  /** The signal, or the exit code. */
  readonly how: string;
  /** What it said of that itself. */
  readonly failure: string | undefined;
  /** How long it served. */
  readonly servedMs: number;
  /** Stands in the names of its temporary files; undefined where it made none. */
  readonly mark: string | undefined;
}

/** What became of a connection: its session has ended, or the worker has: before it took it, or later. */
type Outcome = SessionEnd | 'returned';

interface OpenSession {
  readonly connection: Connection;
  readonly end: (outcome: Outcome) => void;
  isTaken: boolean;
}

/** What a worker that answers has to begin serving: the files may lie on a medium that does not. */
const START_MS = 120_000;

interface WorkerProcessParts {
  readonly shared: SharedHere;
  readonly onEvents: (events: WorkerNotes['events']) => void;
}

/** One worker, as the primary process has it. */
export class WorkerProcess {
  readonly number: number;
  /** Resolves when it serves; rejects where it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, and with it all that it held. */
  readonly ended: Promise<WorkerEnd>;
  readonly #child: ChildProcess;
  readonly #shared: SharedServer;
  readonly #procedures: RpcClient<WorkerProcedures>;
  readonly #onEvents: WorkerProcessParts['onEvents'];
  readonly #sessions = new Map<string, OpenSession>();
  /** Since when it serves, on the clock of `performance.now`. */
  #readyAt: number | undefined;
  #failure: string | undefined;
  #mark: string | undefined;
  readonly #heartbeat = new Heartbeat();

  constructor(start: PrimaryNotes['start'], { shared, onEvents }: WorkerProcessParts) {
    this.number = start.worker;
    this.#onEvents = onEvents;
    this.#child = fork(ENTRY, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#shared = new SharedServer(shared, (answer) => this.#send(answer));
    this.#procedures = new RpcClient((message) => this.#send(message));
    const { promise: ready, resolve: serves, reject: fails } = Promise.withResolvers<void>();
    this.#child.on('message', (message) => this.#receive(message as FromWorker, serves));
    this.ready = ready;
    this.ended = this.#end();
    background(
      this.ended.then(({ how, failure }) => fails(new Error(failure ?? `it ended by ${how}`))),
      fails,
    );
    this.tell('start', start);
    this.#watch(limitsWith(start.options.limits).workerSilenceMs);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Whether it serves, and answers. */
  get isServing(): boolean {
    return this.#readyAt !== undefined && this.#heartbeat.isAnswered;
  }

  tell<Name extends keyof PrimaryNotes>(note: Name, value: PrimaryNotes[Name]): void {
    this.#send({ note, value } as FromPrimary);
  }

  /**
   * Hands a connection over; resolves when its session has ended, or with the worker at the latest. One that it had not
   * taken by then is `returned`, and as whole as it came.
   */
  receive(connection: Connection): Promise<Outcome> {
    const { session, listener, mode, socket } = connection;
    const { promise, resolve: end } = Promise.withResolvers<Outcome>();
    this.#sessions.set(session, { connection, end, isTaken: false });
    // It may break while it waits.
    socket.on('error', () => undefined);
    const value = { session, listener, mode };
    this.#child.send({ note: 'connection', value }, socket, { keepOpen: true }, () => undefined);
    return promise;
  }

  /** The sessions that it leads. @throws Error where it ends before it has answered */
  sessions(): Promise<readonly SessionInfo[]> {
    return this.#procedures.call('sessions', undefined);
  }

  endSession(session: string, reason: string): Promise<boolean> {
    return this.#procedures.call('endSession', { session, reason });
  }

  /** Whether it leads this session, or will. */
  has(session: string): boolean {
    return this.#sessions.has(session);
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: FromPrimary): void {
    // What can't be sent has nobody to read it: the end of the worker is heard otherwise.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #receive(message: FromWorker, serves: () => void): void {
    this.#shared.receive(message);
    if ('answer' in message) this.#procedures.receive(message);
    if (!('note' in message)) return;
    switch (message.note) {
      case 'ready':
        this.#readyAt = performance.now();
        this.#mark = message.value.mark;
        // That it serves is an answer: from now on it is known to be up, however few beats there were.
        this.#heartbeat.answered();
        serves();
        break;
      case 'alive':
        this.#heartbeat.answered();
        break;
      case 'taken':
        this.#take(message.value.session);
        break;
      case 'events':
        this.#onEvents(message.value);
        break;
      case 'failed':
        this.#failure = message.value.message;
        break;
      case 'ended':
        this.#sessions.get(message.value.session)?.end('closed');
        this.#sessions.delete(message.value.session);
        break;
      default:
    }
  }

  async #end(): Promise<WorkerEnd> {
    const how = await new Promise<string>((resolve) => {
      // Later than `exit`: what it has said until then has been heard.
      this.#child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
      this.#child.on('error', (error) => resolve(error.message));
    });
    // An error may leave it running, with nobody to count what it does.
    this.kill();
    const servedMs = performance.now() - (this.#readyAt ?? performance.now());
    this.#readyAt = undefined;
    this.#shared.close();
    this.#procedures.close();
    for (const { end, isTaken } of this.#sessions.values()) end(isTaken ? 'lost' : 'returned');
    this.#sessions.clear();
    return { how, failure: this.#failure, servedMs, mark: this.#mark };
  }

  /** The worker has a socket of its own to the peer; the one here would keep that from seeing the end. */
  #take(name: string): void {
    const session = this.#sessions.get(name);
    if (!session) return;
    session.isTaken = true;
    session.connection.socket.destroy();
  }

  /** Ends it where it does not begin to serve, or answers no more. */
  #watch(silenceMs: number): void {
    const end = (failure: string) => {
      this.#failure ??= failure;
      this.kill();
    };
    const late = setTimeout(() => end('it did not begin to serve'), START_MS).unref();
    const everyMs = beatEveryMs(silenceMs);
    const beating = setInterval(() => {
      const { patienceBeats } = this.#heartbeat;
      if (this.#heartbeat.beat()) end(`it answered nothing for ${patienceBeats * everyMs} ms`);
      else this.tell('beat', undefined);
    }, everyMs).unref();
    background(
      this.ready.finally(() => clearTimeout(late)),
      () => undefined,
    );
    background(
      this.ended.finally(() => clearInterval(beating)),
      () => undefined,
    );
  }
}
