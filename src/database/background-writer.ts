import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { waitAtMost } from '../core/index.ts';
import type { Statement } from './statement.ts';
import type { WriteResult } from './writer-thread.ts';

/** Beside this file, as a source and as it is built. */
const ENTRY = path.join(import.meta.dirname, `writer-thread${path.extname(import.meta.filename)}`);
/** Statements that may wait for a locked database. Further ones are lost, and a warning reports that. */
const MAX_WAITING = 1000;
/** Until the end of those that wait is waited for no longer. */
const END_MS = 1000;
/** One statement at a time needs little memory. */
const RESOURCES = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Writes what a running server notes in its database, on a thread of its own: a lock that another program holds, or a
 * slow medium, holds up nobody. The thread begins with the first write. Disposing it waits for a moment for what waits.
 */
export class BackgroundWriter implements AsyncDisposable {
  readonly #file: string;
  #thread: Worker | undefined;
  /** In the order in which the thread answers. */
  readonly #waiting: Waiting[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Resolves when all of it is written, in one transaction. Rejects, and none of it is, where it can't be, where too many wait already, and at the end. */
  async write(...statements: readonly Statement[]): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) throw new Error(`${MAX_WAITING} others wait already`);
    const { promise, ...waiting } = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#thread ??= this.#start();
    this.#thread.postMessage(statements);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#waiting.length > 0) await this.#lastOnes();
    await this.#thread?.terminate();
  }

  /** Behind all that waits now, or when that is waited for no longer. */
  async #lastOnes(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ resolve, reject: () => resolve() });
    this.#thread?.postMessage([NOTHING]);
    await waitAtMost(promise, END_MS);
  }

  #start(): Worker {
    const thread = new Worker(ENTRY, { workerData: this.#file, resourceLimits: RESOURCES });
    // The server ends the thread, which does not keep the process alive.
    thread.unref();
    let reason = 'not before the end';
    thread.on('message', (failure: WriteResult) => {
      const waiting = this.#waiting.shift();
      if (failure === undefined) waiting?.resolve();
      else waiting?.reject(new Error(failure));
    });
    thread.on('error', (error) => {
      reason = error.message;
    });
    thread.on('exit', () => {
      this.#thread = undefined;
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(reason));
    });
    return thread;
  }
}

/** For its answer alone. */
const NOTHING: Statement = { sql: 'SELECT 1', values: [] };
