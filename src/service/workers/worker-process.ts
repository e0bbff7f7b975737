import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { background, limitsWith, type SessionInfo, waitAtMost } from '../../core/index.ts';
import { type Connection, type OpenSessions, protocolOf, type SessionEnd } from '../../server/index.ts';
import { peerOf } from '../../transport/index.ts';
import type { WorkerView } from '../front-end.ts';
import type { SharedHere } from '../shared.ts';
import { beatEveryMs, Heartbeat } from './heartbeat.ts';
import type { FromPrimary, FromWorker, PrimaryNotes, WorkerNotes, WorkerProcedures, WorkerState } from './messages.ts';
import { RpcClient } from './rpc.ts';
import { SharedServer } from './shared-server.ts';

/** The program of a worker. It is next to this file, both in the sources and in the build. */
const ENTRY = path.join(import.meta.dirname, `worker-main${path.extname(import.meta.filename)}`);

/** How a worker ended. */
export interface WorkerEnd {
  /** The signal, or the exit code. */
  readonly how: string;
  /** The worker's own message about it, if it sent one. */
  readonly failure: string | undefined;
  /** How long the worker served. */
  readonly servedMs: number;
  /** The mark in the names of its temporary files. Undefined if it made none. */
  readonly mark: string | undefined;
}

/** How a connection ended: with its session; with the worker (`lost`); or `returned`, as the worker ended before it took it. */
type ConnectionOutcome = SessionEnd | 'returned';

interface OpenSession {
  readonly connection: Connection;
  readonly info: SessionInfo;
  readonly end: (outcome: ConnectionOutcome) => void;
  isTaken: boolean;
}

/** The time that a worker which answers beats gets to begin serving: its files may be on a medium that does not answer. */
const START_MS = 120_000;

interface WorkerProcessParts {
  readonly shared: SharedHere;
  readonly onEvents: (events: WorkerNotes['events']) => void;
}

/** One worker from the view of the primary process. */
export class WorkerProcess {
  readonly number: number;
  /** Resolves when the worker serves. Rejects if it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended and all that it held is released. */
  readonly ended: Promise<WorkerEnd>;
  readonly #child: ChildProcess;
  readonly #shared: SharedServer;
  readonly #accounts: OpenSessions;
  readonly #procedures: RpcClient<WorkerProcedures>;
  readonly #onEvents: WorkerProcessParts['onEvents'];
  readonly #sessions = new Map<string, OpenSession>();
  /** When it began to serve, on the clock of `performance.now`. */
  #readyAt: number | undefined;
  #failure: string | undefined;
  #mark: string | undefined;
  readonly #heartbeat = new Heartbeat();
  /** It was asked for its sessions, and has not answered in time. It is asked again once it has. */
  #isLate = false;

  constructor(start: PrimaryNotes['start'], { shared, onEvents }: WorkerProcessParts) {
    this.number = start.worker;
    this.#onEvents = onEvents;
    this.#child = fork(ENTRY, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#accounts = shared.sessions;
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

  /** Whether the worker serves and answers beats. */
  get isServing(): boolean {
    return this.#readyAt !== undefined && this.#heartbeat.isAnswered;
  }

  tell<Name extends keyof PrimaryNotes>(note: Name, value: PrimaryNotes[Name]): void {
    this.#send({ note, value } as FromPrimary);
  }

  /**
   * Hands a connection to the worker. Resolves when its session has ended, or at the latest when the worker has. A
   * connection that the worker has not taken is then `returned`: nothing was read from it or sent on it.
   */
  receive(connection: Connection): Promise<ConnectionOutcome> {
    const { session, listener, mode, socket } = connection;
    const { promise, resolve: end } = Promise.withResolvers<ConnectionOutcome>();
    const { address, port } = peerOf(socket);
    const info: SessionInfo = {
      session,
      protocol: protocolOf(mode),
      address,
      mode,
      port,
      since: Date.now(),
      isSilent: true,
    };
    this.#sessions.set(session, { connection, info, end, isTaken: false });
    // The socket may fail while it waits.
    socket.on('error', () => undefined);
    const value = { session, listener, mode };
    this.#child.send({ note: 'connection', value }, socket, { keepOpen: true }, () => undefined);
    return promise;
  }

  /** The worker, and its sessions as it tells of them; those that it does not, as far as this process knows them. */
  async liveView(
    withinMs: number,
  ): Promise<{ readonly worker: WorkerView; readonly sessions: readonly SessionInfo[] }> {
    const told = await this.#toldSessions(withinMs);
    const answered = new Set(told?.map(({ session }) => session));
    const waiting = [...this.#sessions.values()].filter(({ isTaken, info }) =>
      told === undefined ? true : !isTaken && !answered.has(info.session),
    );
    const sessions = [...(told ?? []), ...waiting.map(({ info }) => this.#knownHere(info))];
    const state = told ? 'serving' : this.#readyAt === undefined ? 'starting' : 'silent';
    const { number: worker, pid } = this;
    return { worker: { worker, ...(pid !== undefined && { pid }), state, sessions: sessions.length }, sessions };
  }

  /** How the worker does. @throws Error if the worker ends before it has answered */
  state(): Promise<WorkerState> {
    return this.#procedures.call('state', undefined);
  }

  endSession(session: string, reason: string, told: string | undefined): Promise<boolean> {
    return this.#procedures.call('endSession', { session, reason, told });
  }

  /** Whether the worker has this session, or will get it. */
  has(session: string): boolean {
    return this.#sessions.has(session);
  }

  /** Kills the process. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Undefined where it does not tell in time. */
  async #toldSessions(withinMs: number): Promise<readonly SessionInfo[] | undefined> {
    if (this.#readyAt === undefined || this.#isLate) return undefined;
    let told: readonly SessionInfo[] | undefined;
    const ask = async (): Promise<void> => {
      told = await this.#procedures.call('sessions', undefined);
      this.#isLate = false;
    };
    await waitAtMost(ask(), withinMs);
    this.#isLate = told === undefined;
    return told?.map((session) => ({ ...session, worker: this.number }));
  }

  #knownHere(info: SessionInfo): SessionInfo {
    const account = this.#accounts.accountOf(info.session);
    return { ...info, worker: this.number, ...(account !== undefined && { account }) };
  }

  #send(message: FromPrimary): void {
    // A message fails if the worker has ended. Other events report that end.
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
        // This counts as an answer to a beat: the worker is known to be up, even if no beat was sent yet.
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
      // Later than `exit`: all its messages have been received by then.
      this.#child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
      this.#child.on('error', (error) => resolve(error.message));
    });
    // After an error the process may still run, and nobody would count its sessions.
    this.kill();
    const servedMs = performance.now() - (this.#readyAt ?? performance.now());
    this.#readyAt = undefined;
    this.#shared.close();
    this.#procedures.close();
    for (const { end, isTaken } of this.#sessions.values()) end(isTaken ? 'lost' : 'returned');
    this.#sessions.clear();
    return { how, failure: this.#failure, servedMs, mark: this.#mark };
  }

  /** Closes the socket of this process. The worker has its own, but this one would keep the peer from seeing the end. */
  #take(name: string): void {
    const session = this.#sessions.get(name);
    if (!session) return;
    session.isTaken = true;
    session.connection.socket.destroy();
  }

  /** Kills the process if it does not begin to serve, or stops answering. */
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
