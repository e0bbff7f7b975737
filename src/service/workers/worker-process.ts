import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { background } from '../../core/index.ts';
import type { Connection } from '../../server/index.ts';
import type { SharedHere } from '../shared.ts';
import { Desk } from './desk.ts';
import type { FromPrimary, FromWorker, PrimaryNotes } from './messages.ts';

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
}

interface OpenSession {
  readonly connection: Connection;
  readonly end: () => void;
}

interface WorkerProcessParts {
  readonly shared: SharedHere;
  readonly writeLines: (lines: string) => void;
}

/** One worker, as the primary process has it. */
export class WorkerProcess {
  readonly number: number;
  /** Resolves when it serves; rejects where it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, and with it all that it held. */
  readonly ended: Promise<WorkerEnd>;
  readonly #child: ChildProcess;
  readonly #desk: Desk;
  readonly #writeLines: (lines: string) => void;
  readonly #sessions = new Map<string, OpenSession>();
  /** Since when it serves, on the clock of `performance.now`. */
  #readyAt: number | undefined;
  #failure: string | undefined;

  constructor(start: PrimaryNotes['start'], { shared, writeLines }: WorkerProcessParts) {
    this.number = start.worker;
    this.#writeLines = writeLines;
    this.#child = fork(ENTRY, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#desk = new Desk(shared, (answer) => this.#send(answer));
    const { promise: ready, resolve: serves, reject: fails } = Promise.withResolvers<void>();
    this.#child.on('message', (message) => this.#receive(message as FromWorker, serves));
    this.ready = ready;
    this.ended = this.#end();
    background(
      this.ended.then(({ how, failure }) => fails(new Error(failure ?? `it ended by ${how}`))),
      fails,
    );
    this.tell('start', start);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  get isReady(): boolean {
    return this.#readyAt !== undefined;
  }

  tell<Name extends keyof PrimaryNotes>(note: Name, value: PrimaryNotes[Name]): void {
    this.#send({ note, value } as FromPrimary);
  }

  /** Hands a connection over; resolves when its session has ended, with the worker at the latest. */
  receive(connection: Connection): Promise<void> {
    const { session, listener, mode, socket } = connection;
    const { promise, resolve: end } = Promise.withResolvers<void>();
    this.#sessions.set(session, { connection, end });
    this.#child.send({ note: 'connection', value: { session, listener, mode } }, socket, {}, () => undefined);
    return promise;
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
    this.#desk.receive(message);
    if (!('note' in message)) return;
    switch (message.note) {
      case 'ready':
        this.#readyAt = performance.now();
        serves();
        break;
      case 'log':
        this.#writeLines(message.value.lines);
        break;
      case 'failed':
        this.#failure = message.value.message;
        break;
      case 'ended':
        this.#sessions.get(message.value.session)?.end();
        this.#sessions.delete(message.value.session);
        break;
      default:
    }
  }

  async #end(): Promise<WorkerEnd> {
    const how = await new Promise<string>((resolve) => {
      this.#child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      this.#child.on('error', (error) => resolve(error.message));
    });
    // An error may leave it running, with nobody to count what it does.
    this.kill();
    const servedMs = performance.now() - (this.#readyAt ?? performance.now());
    this.#readyAt = undefined;
    this.#desk.close();
    for (const { connection, end } of this.#sessions.values()) {
      // Some may not have been sent yet.
      connection.socket.destroy();
      end();
    }
    this.#sessions.clear();
    return { how, failure: this.#failure, servedMs };
  }
}
