import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Ban } from '../core/index.ts';
import { loginRecord } from './accounts.ts';
import { banRecord } from './bans.ts';
import type { Statement } from './statement.ts';
import type { Written } from './writer-thread.ts';

/** Beside this file, as a source and as it is built. */
const ENTRY = path.join(import.meta.dirname, `writer-thread${path.extname(import.meta.filename)}`);
/** Statements that may wait for a locked database; further ones are lost, and that is told. */
const MAX_WAITING = 1000;
/** Until the end of those that wait is waited for no longer. */
const END_MS = 1000;
/** One statement at a time needs little memory. */
const RESOURCES = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

/**
 * Writes what a running server notes in its database, on a thread of its own: a lock that another program holds, or a
 * slow medium, holds up nobody. The thread begins with the first write. Disposing it waits for a moment for what waits.
 */
export class BackgroundWriter implements AsyncDisposable {
  readonly #file: string;
  readonly #onFailure: (reason: string) => void;
  #thread: Worker | undefined;
  #waiting = 0;
  #emptied = Promise.withResolvers<void>();

  /** @param onFailure hears why something could not be written */
  constructor(file: string, onFailure: (reason: string) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Notes that the account has just signed in. One that is gone meanwhile is not missed. */
  recordLogin(account: string): void {
    this.#write(loginRecord(account));
  }

  saveBan(ban: Ban): void {
    this.#write(banRecord(ban));
  }

  /** Resolves when all that waits is written, or could not be. */
  async settled(): Promise<void> {
    if (this.#waiting > 0) await this.#emptied.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const tooLate = new AbortController();
    await Promise.race([
      this.settled(),
      setTimeout(END_MS, undefined, { signal: tooLate.signal }).catch(() => undefined),
    ]);
    tooLate.abort();
    await this.#thread?.terminate();
  }

  #write(statement: Statement): void {
    if (this.#waiting >= MAX_WAITING) return this.#onFailure(`${MAX_WAITING} others wait already`);
    this.#waiting += 1;
    this.#thread ??= this.#start();
    this.#thread.postMessage(statement);
  }

  #start(): Worker {
    const thread = new Worker(ENTRY, { workerData: this.#file, resourceLimits: RESOURCES });
    // It is ended with the server, and keeps nobody else from ending.
    thread.unref();
    thread.on('message', (failure: Written) => {
      if (failure !== undefined) this.#onFailure(failure);
      this.#done(1);
    });
    thread.on('error', (error) => this.#onFailure(error.message));
    thread.on('exit', () => {
      this.#thread = undefined;
      this.#done(this.#waiting);
    });
    return thread;
  }

  #done(statements: number): void {
    this.#waiting -= statements;
    if (this.#waiting > 0) return;
    this.#emptied.resolve();
    this.#emptied = Promise.withResolvers();
  }
}
