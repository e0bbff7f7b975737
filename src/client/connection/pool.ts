import { background } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import { aborted, throwIfAborted } from './aborted.ts';
import type { RemoteSession } from './session.ts';

/** A connection that is lent to one call at a time. */
interface PooledConnection<Kind extends RemoteSession> {
  readonly session: Kind;
  idleTimer?: NodeJS.Timeout;
}

/** Makes a session. @throws ClientError */
export type OpenSession<Kind extends RemoteSession> = (number: number, signal: AbortSignal) => Promise<Kind>;

/** A connection that belongs to one call until it is given back, which disposing does. */
export interface Lease<Kind extends RemoteSession = RemoteSession> extends Disposable {
  /** Does `work` on it. @throws what `work` throws */
  do<T>(work: (session: Kind) => Promise<T>): Promise<T>;
}

interface Waiting<Kind extends RemoteSession> {
  /** Whether a connection is being made because of it. */
  isOpening: boolean;
  /** Given when it does not wait any more, and nothing was found for it. */
  readonly left: AbortController;
  grant(pooled: PooledConnection<Kind>): void;
  readonly refuse: (error: unknown) => void;
}

/**
 * The connections of one client. Calls beyond their number wait in order; a connection that broke is replaced by a new
 * one when the next call needs it. All share one set of settings, so that no call can get a connection of another user
 * or with other TLS rules (CVE-2023-27535).
 */
export class Pool<Kind extends RemoteSession = RemoteSession> implements AsyncDisposable {
  readonly settings: ClientSettings;
  readonly #openSession: OpenSession<Kind>;
  readonly #idle: PooledConnection<Kind>[] = [];
  readonly #inUse = new Set<PooledConnection<Kind>>();
  /** Given back by their calls, and not free yet. */
  readonly #settling = new Map<PooledConnection<Kind>, Promise<void>>();
  readonly #waiting: Waiting<Kind>[] = [];
  readonly #contentionListeners = new Set<() => void>();
  /** Connections that are being made. */
  #opening = 0;
  #opened = 0;
  #isClosed = false;
  readonly #closing = new AbortController();

  constructor(settings: ClientSettings, open: OpenSession<Kind>) {
    this.settings = settings;
    this.#openSession = open;
  }

  /** Whether a call would get a connection without waiting for another call to end. */
  get hasRoom(): boolean {
    return this.#idle.length > 0 || this.#mayOpen;
  }

  /** Whether it has a connection. */
  get isConnected(): boolean {
    return this.#inUse.size + this.#idle.length > 0;
  }

  get #mayOpen(): boolean {
    return this.#inUse.size + this.#idle.length + this.#opening < this.settings.connections;
  }

  /** Does `work` on a connection of its own. @throws ClientError, or what `work` throws */
  async use<T>(signal: AbortSignal | undefined, work: (session: Kind) => Promise<T>): Promise<T> {
    using connection = await this.lease(signal);
    return await connection.do(work);
  }

  /**
   * A connection for several pieces of work that follow each other at once: between them no other call gets it. Whoever
   * keeps one must not wait for another. @throws ClientError
   */
  async lease(signal: AbortSignal | undefined): Promise<Lease<Kind>> {
    throwIfAborted(signal, 'prepare');
    const pooled = await this.#acquire(signal);
    const release = (): void => {
      const settled = this.#release(pooled);
      this.#settling.set(pooled, settled);
      background(
        settled.finally(() => this.#settling.delete(pooled)),
        () => undefined,
      );
    };
    let isKept = true;
    return {
      async do(work) {
        try {
          return await work(pooled.session);
        } catch (error) {
          // What fits no command may be the answer to another one: the connection may be out of step.
          if (error instanceof ClientError && error.code === 'protocol') pooled.session.destroy();
          throw error;
        }
      },
      [Symbol.dispose]() {
        if (isKept) release();
        isKept = false;
      },
    };
  }

  /**
   * Tells whoever may end sooner when a call has to wait for a connection: at once where one does already. Gives what
   * takes it back.
   */
  onContention(notify: () => void): () => void {
    this.#contentionListeners.add(notify);
    if (this.#waiting.some(({ isOpening }) => !isOpening)) notify();
    return () => this.#contentionListeners.delete(notify);
  }

  /** Lets running calls fail, says QUIT on the other connections, and waits until all are gone. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing.abort();
    for (const { refuse } of this.#waiting.splice(0)) refuse(closed());
    for (const pooled of this.#inUse) if (!this.#settling.has(pooled)) pooled.session.destroy();
    const discarded = this.#idle.splice(0).map((pooled) => this.#discard(pooled));
    await Promise.all([...discarded, ...this.#settling.values()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #acquire(signal: AbortSignal | undefined): Promise<PooledConnection<Kind>> {
    const pooled = this.#idle.length > 0 ? await this.#takeIdle() : undefined;
    if (pooled) return pooled;
    throwIfAborted(signal, 'prepare');
    if (this.#isClosed) throw closed();
    return this.#wait(signal);
  }

  async #takeIdle(): Promise<PooledConnection<Kind> | undefined> {
    for (;;) {
      if (this.#isClosed) throw closed();
      const pooled = this.#idle.pop();
      if (!pooled) return undefined;
      clearTimeout(pooled.idleTimer);
      this.#inUse.add(pooled);
      if (await pooled.session.isAlive()) return pooled;
      this.#inUse.delete(pooled);
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<PooledConnection<Kind>> {
    const { maxQueuedCalls } = this.settings.limits;
    if (!this.#mayOpen && this.#waiting.length - this.#opening >= maxQueuedCalls) {
      throw new ClientError('limit', `More than ${maxQueuedCalls} calls wait (maxQueuedCalls)`, { phase: 'prepare' });
    }
    const { promise, resolve, reject } = Promise.withResolvers<PooledConnection<Kind>>();
    const waiting: Waiting<Kind> = { isOpening: false, left: new AbortController(), grant: resolve, refuse: reject };
    this.#waiting.push(waiting);
    this.#openForWaiting();
    if (!waiting.isOpening) for (const notify of this.#contentionListeners) notify();
    const onAbort = (): void => {
      if (!signal || !this.#leaveQueue(waiting)) return;
      waiting.left.abort(signal.reason);
      reject(aborted(signal, 'prepare'));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  /** As many connections at once as there are calls for them. */
  #openForWaiting(): void {
    for (const waiting of this.#waiting) {
      if (!this.#mayOpen) return;
      if (!waiting.isOpening) background(this.#open(waiting), () => undefined);
    }
  }

  /** The connection goes to whoever waits longest, who may be served by another one meanwhile; a failure goes to this call. */
  async #open(waiting: Waiting<Kind>): Promise<void> {
    waiting.isOpening = true;
    this.#opening += 1;
    this.#opened += 1;
    try {
      const signal = AbortSignal.any([waiting.left.signal, this.#closing.signal]);
      const pooled = { session: await this.#openSession(this.#opened, signal) };
      if (this.#isClosed) await this.#discard(pooled);
      else this.#keepIdle(pooled);
    } catch (error) {
      // Whoever is out of the queue is being served by another connection, or was.
      if (this.#leaveQueue(waiting)) waiting.refuse(this.#isClosed ? closed() : error);
    } finally {
      this.#opening -= 1;
      waiting.isOpening = false;
      if (!this.#isClosed) this.#serveNext();
    }
  }

  #leaveQueue(waiting: Waiting<Kind>): boolean {
    const index = this.#waiting.indexOf(waiting);
    if (index !== -1) this.#waiting.splice(index, 1);
    return index !== -1;
  }

  async #release(pooled: PooledConnection<Kind>): Promise<void> {
    const { session } = pooled;
    await session.settle();
    this.#inUse.delete(pooled);
    if (!session.isUsable) session.destroy();
    else if (this.#isClosed) await this.#discard(pooled);
    else this.#keepIdle(pooled);
    this.#serveNext();
  }

  #keepIdle(pooled: PooledConnection<Kind>): void {
    this.#idle.push(pooled);
    pooled.idleTimer = setTimeout(() => {
      if (this.#idle.length + this.#inUse.size <= 1) return;
      this.#idle.splice(this.#idle.indexOf(pooled), 1);
      background(this.#discard(pooled), () => undefined);
    }, this.settings.limits.idleMs).unref();
  }

  /** Whoever waits longest gets the connection that became free, or the place for a new one. */
  #serveNext(): void {
    const next = this.#idle.length > 0 ? this.#waiting.shift() : undefined;
    if (next) background(this.#serve(next), () => undefined);
    else this.#openForWaiting();
  }

  async #serve(waiting: Waiting<Kind>): Promise<void> {
    try {
      const pooled = await this.#takeIdle();
      if (pooled) return waiting.grant(pooled);
      this.#waiting.unshift(waiting);
      this.#openForWaiting();
    } catch (error) {
      waiting.refuse(error);
    }
  }

  async #discard(pooled: PooledConnection<Kind>): Promise<void> {
    clearTimeout(pooled.idleTimer);
    await pooled.session.close();
    await pooled.session[Symbol.asyncDispose]();
  }
}

function closed(): ClientError {
  return new ClientError('closed', 'The client was closed', { phase: 'prepare' });
}
