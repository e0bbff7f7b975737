import type { Socket } from 'node:net';
import { background } from '../../core/index.ts';
import { SessionHost, TicketKeys } from '../../server/index.ts';
import { localStorage } from '../../storage/index.ts';
import { createLog, type OwnedLogOutput } from '../log/index.ts';
import { gatekeeperOf } from '../shared.ts';
import { Caller } from './caller.ts';
import type { Answer, ForWorker, FromWorker, PrimaryNotes } from './messages.ts';
import { remoteShared } from './remote-shared.ts';

export interface WorkerParts {
  readonly send: (message: FromWorker) => void;
  readonly logOutput: OwnedLogOutput;
  /** Ends the process. */
  readonly end: (exitCode: number) => Promise<void>;
}

/** The sessions of one worker process. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #primary: Caller;
  #host: Promise<SessionHost> | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#primary = new Caller(parts.send);
  }

  receive(message: ForWorker, socket: Socket | undefined): void {
    if ('answer' in message) {
      this.#primary.receive(message);
      return;
    }
    background(this.#obey(message, socket), (error) => this.#fail(error));
  }

  /** What comes while the host is made waits for it, each in its turn. */
  async #obey(message: Exclude<ForWorker, Answer>, socket: Socket | undefined): Promise<void> {
    if (message.note === 'start') this.#host = this.#start(message.value);
    const host = await this.#host;
    switch (message.note) {
      case 'start':
        break;
      case 'connection': {
        const { session, listener, mode } = message.value;
        this.#primary.tell('taken', { session });
        // A peer that is gone has no address, and nobody to answer.
        if (socket?.remoteAddress !== undefined) await host?.receive({ session, listener, mode, socket });
        this.#primary.tell('ended', { session });
        break;
      }
      case 'reload':
        host?.reload(message.value.options);
        break;
      case 'drain':
        await host?.drain();
        await this.#parts.end(0);
        break;
      case 'stop':
        await host?.[Symbol.asyncDispose]();
        await this.#parts.end(0);
        break;
    }
  }

  #fail(error: unknown): void {
    this.#primary.tell('failed', { message: error instanceof Error ? error.message : String(error) });
    background(this.#parts.end(1), () => undefined);
  }

  async #start({ worker, configuration, options, ...start }: PrimaryNotes['start']): Promise<SessionHost> {
    const { log: form, logLevel: level, limits } = configuration;
    const { logOutput: output } = this.#parts;
    const publish = createLog({ form, level, output, worker, maxStrangerLines: limits.maxStrangerLogLines });
    const storage = await localStorage(start.storage);
    const shared = remoteShared(this.#primary);
    const host = new SessionHost({
      options: { ...options, gatekeeper: gatekeeperOf(shared, storage) },
      publish,
      digests: shared.digests,
      sessions: shared.sessions,
      ticketKeys: new TicketKeys(start.ticketSecret),
    });
    this.#primary.tell('ready', { mark: storage.processMark });
    return host;
  }
}
