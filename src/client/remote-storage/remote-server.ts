import {
  abortedBy,
  type CallOptions,
  ROOT,
  rebase,
  type Storage,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { type Client, connect, poolOf } from '../client.ts';
import type { ClientLimits } from '../limits.ts';
import type { ConnectOptions } from '../options.ts';
import { neutralFailure } from './neutral-failure.ts';
import { asStorage } from './remote-storage.ts';
import { awayError, reachFailure, ServerHealth, type ServerHealthOptions } from './server-health.ts';
import { type Inside, type ServerCalls, serverStorage } from './server-storage.ts';
import { TransferSlots } from './transfer-slots.ts';

/** The time for one call, waiting for a connection included; a transfer has it for its beginning. */
const CALL_MS = 60_000;
const DEFAULT_CONNECTIONS = 8;
/** One is left for what is no transfer. */
const FEWEST_CONNECTIONS = 2;

/** Sooner than a client's own limits, for a session of somebody else waits; and less memory, for many accounts share it. */
const LIMITS: Partial<ClientLimits> = {
  connectMs: 10_000,
  tlsHandshakeMs: 10_000,
  sshHandshakeMs: 10_000,
  dataConnectMs: 10_000,
  replyMs: 20_000,
  stallMs: 30_000,
  maxListingEntries: 1_000_000,
  maxListingBytes: 536_870_912,
  maxBufferBytes: 16_777_216,
  maxQueuedCalls: 1000,
};

export interface RemoteServerOptions extends ConnectOptions, ServerHealthOptions {
  /** Milliseconds for one call, waiting for a connection included; a transfer has them for its beginning. Default: 60,000. */
  readonly callMs?: number;
}

/** The server, as it was when it was reached for the first time. */
interface Reached {
  readonly client: Client;
  readonly files: Storage;
}

/**
 * A server whose directory is a storage for others, and that need not be there when the storage is opened, nor all the time.
 * Each call ends within a bound of time, and at once while the server is known to be away. The root is the directory that the
 * options name. No failure tells the server's own words or paths to whoever uses the storage.
 */
export class RemoteServer implements AsyncDisposable {
  readonly #options: ConnectOptions;
  readonly #health: ServerHealth;
  readonly #callMs: number;
  readonly #transfers: TransferSlots;
  readonly #closing = new AbortController();
  #reached: Reached | undefined;
  #reaching: Promise<Reached> | undefined;

  constructor({ now, onAway, onBack, callMs = CALL_MS, ...options }: RemoteServerOptions) {
    const connections = Math.max(options.connections ?? DEFAULT_CONNECTIONS, FEWEST_CONNECTIONS);
    const retry = { attempts: 2, ...options.retry };
    this.#options = { ...options, connections, retry, limits: { ...LIMITS, ...options.limits } };
    this.#health = new ServerHealth({ ...(now && { now }), ...(onAway && { onAway }), ...(onBack && { onBack }) });
    this.#callMs = callMs;
    this.#transfers = new TransferSlots(connections - 1);
  }

  /** Whether the last that is known of it is that it can't be reached. */
  get isAway(): boolean {
    return this.#health.isAway;
  }

  /** Asks the server whether it is there. @throws StorageError */
  async check(): Promise<void> {
    await this.storage().stat(ROOT);
  }

  /** Its files. Optional methods are there as far as it is known by now that the server can that. */
  storage(): Storage {
    return serverStorage(this.#calls, this.#reached?.files);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#reaching?.catch(() => undefined);
    await this.#reached?.client.close();
  }

  readonly #calls: ServerCalls = {
    call: (options, work) => this.#bounded(options, work),
    transfer: (options, work) =>
      this.#bounded(options, async (inside) => {
        const end = await this.#transfers.take(inside.options.signal);
        try {
          return await work(inside, end);
        } catch (error) {
          end();
          throw error;
        }
      }),
    failure: (error) => this.#failure(error),
  };

  async #bounded<T>({ signal }: CallOptions = {}, work: (inside: Inside) => Promise<T>): Promise<T> {
    if (signal?.aborted) throw abortedBy(signal);
    this.#health.admit();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#callMs).unref();
    const signals = [limit.signal, this.#closing.signal, ...(signal ? [signal] : [])];
    const every = AbortSignal.any(signals);
    try {
      const { client, files } = await settledBy(this.#reach(), every);
      const at = (path: VirtualPath): VirtualPath => rebase(ROOT, client.home, path);
      const result = await work({ files, at, options: { signal: every } });
      this.#health.answered();
      return result;
    } catch (error) {
      if (limit.signal.aborted && !signal?.aborted) {
        this.#health.unknown();
        throw new StorageError('busy', 'The server that holds these files did not answer in time', { cause: error });
      }
      throw this.#failure(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What has failed tells whether the server is there. Gives what others may hear of it. */
  #failure(error: unknown): StorageError {
    const reach = reachFailure(error);
    if (reach) {
      // A server that serves us lets no more connections in, or none at this moment.
      const isServing = this.#reached !== undefined && poolOf(this.#reached.client).isConnected;
      if (isServing) this.#health.unknown();
      else this.#health.failed(reach);
      return awayError(reach);
    }
    if (error instanceof StorageError && error.code === 'aborted') this.#health.unknown();
    else this.#health.answered();
    return neutralFailure(error);
  }

  #reach(): Promise<Reached> {
    if (this.#reached) return Promise.resolve(this.#reached);
    this.#reaching ??= this.#connect().finally(() => {
      this.#reaching = undefined;
    });
    return this.#reaching;
  }

  async #connect(): Promise<Reached> {
    const client = await connect({ ...this.#options, signal: this.#closing.signal });
    this.#reached = { client, files: asStorage(client) };
    return this.#reached;
  }
}

/** What others wait for goes on without whom the signal calls away. */
function settledBy<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(abortedBy(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  return promise;
}
