import { background } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { aborted, throwIfAborted } from './aborted.ts';
import { type SignedIn, signIn } from './sign-in.ts';

/** A connection that is lent to one call at a time. */
interface Slot {
  readonly signedIn: SignedIn;
  idleTimer?: NodeJS.Timeout;
}

/** A connection that belongs to one call until it is given back, which disposing does. */
export interface KeptConnection extends Disposable {
  /** Does `work` on it. @throws what `work` throws */
  do<T>(work: (signedIn: SignedIn) => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly signal: AbortSignal | undefined;
  readonly grant: (slot: Slot) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * The connections of one client. Calls beyond their number wait in order; a connection that broke is replaced by a new
 * one when the next call needs it. All share one set of settings, so that no call can get a connection of another user
 * or with other TLS rules (CVE-2023-27535).
 */
export class Pool implements AsyncDisposable {
  readonly settings: Settings;
  readonly #idle: Slot[] = [];
  readonly #lent = new Set<Slot>();
  readonly #waiting: Waiting[] = [];
  readonly #pressed = new Set<() => void>();
  /** Connections that are being made. */
  #opening = 0;
  #opened = 0;
  #isClosed = false;
  readonly #closing = new AbortController();

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Whether a call would get a connection without waiting for another call to end. */
  get hasRoom(): boolean {
    return this.#idle.length > 0 || this.#lent.size + this.#opening < this.settings.connections;
  }

  /** Does `work` on a connection of its own. @throws ClientError, or what `work` throws */
  async use<T>(signal: AbortSignal | undefined, work: (signedIn: SignedIn) => Promise<T>): Promise<T> {
    using connection = await this.keep(signal);
    return await connection.do(work);
  }

  /**
   * A connection for several pieces of work that follow each other at once: between them no other call gets it. Whoever
   * keeps one must not wait for another. @throws ClientError
   */
  async keep(signal: AbortSignal | undefined): Promise<KeptConnection> {
    throwIfAborted(signal, 'prepare');
    const slot = await this.#borrow(signal);
    const giveBack = () => background(this.#giveBack(slot), () => undefined);
    let isKept = true;
    return {
      async do(work) {
        try {
          return await work(slot.signedIn);
        } catch (error) {
          // What fits no command may be the answer to another one: the connection may be out of step.
          if (error instanceof ClientError && error.code === 'protocol') slot.signedIn.connection.destroy();
          throw error;
        }
      },
      [Symbol.dispose]() {
        if (isKept) giveBack();
        isKept = false;
      },
    };
  }

  /**
   * Tells whoever may end sooner when a call has to wait for a connection: at once where one does already. Gives what
   * takes it back.
   */
  onWaiting(press: () => void): () => void {
    this.#pressed.add(press);
    if (this.#waiting.length > 0) press();
    return () => this.#pressed.delete(press);
  }

  /** Lets running calls fail, says QUIT on the other connections, and waits until all are gone. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing.abort();
    for (const { refuse } of this.#waiting.splice(0)) refuse(closed());
    for (const { signedIn } of this.#lent) signedIn.connection.destroy();
    await Promise.all(this.#idle.splice(0).map((slot) => this.#discard(slot)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #borrow(signal: AbortSignal | undefined): Promise<Slot> {
    for (;;) {
      if (this.#isClosed) throw closed();
      const slot = this.#idle.pop();
      if (!slot) break;
      clearTimeout(slot.idleTimer);
      this.#lent.add(slot);
      if (await isAlive(slot)) return slot;
      this.#lent.delete(slot);
    }
    if (this.#lent.size + this.#opening < this.settings.connections) return this.#open(signal);
    return this.#wait(signal);
  }

  async #open(signal: AbortSignal | undefined): Promise<Slot> {
    this.#opening += 1;
    this.#opened += 1;
    const both = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    try {
      const slot: Slot = { signedIn: await signIn(this.#opened, this.settings, both) };
      this.#lent.add(slot);
      return slot;
    } catch (error) {
      throw this.#isClosed ? closed() : error;
    } finally {
      this.#opening -= 1;
      if (!this.#isClosed) this.#serveNext();
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<Slot> {
    const { maxQueuedCalls } = this.settings.limits;
    if (this.#waiting.length >= maxQueuedCalls) {
      throw new ClientError('limit', `More than ${maxQueuedCalls} calls wait (maxQueuedCalls)`, { phase: 'prepare' });
    }
    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    const waiting: Waiting = { signal, grant: resolve, refuse: reject };
    this.#waiting.push(waiting);
    for (const press of this.#pressed) press();
    const onAbort = (): void => {
      const index = this.#waiting.indexOf(waiting);
      if (index === -1 || !signal) return;
      this.#waiting.splice(index, 1);
      reject(aborted(signal, 'prepare'));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  async #giveBack(slot: Slot): Promise<void> {
    const { connection } = slot.signedIn;
    try {
      await connection.settle();
    } catch {
      // It is replaced when it is needed.
    }
    this.#lent.delete(slot);
    if (!connection.isUsable) connection.destroy();
    else if (this.#isClosed) await this.#discard(slot);
    else this.#rest(slot);
    this.#serveNext();
  }

  #rest(slot: Slot): void {
    this.#idle.push(slot);
    slot.idleTimer = setTimeout(() => {
      if (this.#idle.length + this.#lent.size <= 1) return;
      this.#idle.splice(this.#idle.indexOf(slot), 1);
      background(this.#discard(slot), () => undefined);
    }, this.settings.limits.idleMs).unref();
  }

  /** Whoever waits longest gets the connection that became free, or the place for a new one. */
  #serveNext(): void {
    if (this.#waiting.length === 0) return;
    const next = this.hasRoom ? this.#waiting.shift() : undefined;
    if (next) background(this.#borrow(next.signal).then(next.grant, next.refuse), () => undefined);
  }

  async #discard(slot: Slot): Promise<void> {
    clearTimeout(slot.idleTimer);
    await slot.signedIn.connection.close();
    await slot.signedIn.connection[Symbol.asyncDispose]();
  }
}

/** A server may have let an idle connection go; that shows before anything is sent on it. */
async function isAlive({ signedIn: { connection } }: Slot): Promise<boolean> {
  try {
    await connection.notice();
  } catch {
    // Then it is not.
  }
  return connection.isUsable;
}

function closed(): ClientError {
  return new ClientError('closed', 'The client was closed', { phase: 'prepare' });
}
