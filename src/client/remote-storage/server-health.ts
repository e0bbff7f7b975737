import { StorageError } from '../../core/index.ts';
import { ClientError, type ClientPhase } from '../errors.ts';

/** The first pause after a failure to reach the server; doubles with each further one. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

export interface ServerHealthOptions {
  /** A monotonic clock, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
  /** Hears that the server can't be reached, once, and why. */
  readonly onAway?: (error: unknown) => void;
  /** Hears that it can be reached again. */
  readonly onBack?: () => void;
}

/**
 * Whether a server can be reached. Behind a failure calls are refused at once for a while, and then one goes ahead of the
 * others: who asks a server that is away waits for nothing, and a server that refuses a login is not asked in vain so often
 * that it bans us.
 */
export class ServerHealth {
  readonly #now: () => number;
  readonly #onAway: (error: unknown) => void;
  readonly #onBack: () => void;
  #pauseMs = 0;
  #until = 0;
  /** A call has gone ahead, and its end is not known yet. */
  #isTrying = false;

  constructor({
    now = () => performance.now(),
    onAway = () => undefined,
    onBack = () => undefined,
  }: ServerHealthOptions) {
    this.#now = now;
    this.#onAway = onAway;
    this.#onBack = onBack;
  }

  get isAway(): boolean {
    return this.#pauseMs > 0;
  }

  /** Lets a call pass. @throws StorageError `busy` */
  admit(): void {
    if (!this.isAway) return;
    if (this.#isTrying || this.#now() < this.#until) throw awayError();
    this.#isTrying = true;
  }

  answered(): void {
    const wasAway = this.isAway;
    this.#pauseMs = 0;
    this.#isTrying = false;
    if (wasAway) this.#onBack();
  }

  /** Nothing was learned of the server: the caller gave up. */
  unknown(): void {
    this.#isTrying = false;
  }

  failed(error: unknown): void {
    const wasAway = this.isAway;
    const isRefused = error instanceof ClientError && LASTING.has(error.code);
    this.#pauseMs = isRefused
      ? LONGEST_PAUSE_MS
      : Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS);
    this.#until = this.#now() + this.#pauseMs;
    this.#isTrying = false;
    if (!wasAway) this.#onAway(error);
  }
}

/** The failure of the client that says that the server can't be reached, is not the one we trust, or does not let us in. */
export function reachFailure(error: unknown): ClientError | undefined {
  if (error instanceof ClientError) {
    const isSilent = error.code === 'timeout' && error.phase === 'command';
    return REACHING.has(error.phase) || isSilent ? error : undefined;
  }
  return error instanceof StorageError && error.cause !== undefined ? reachFailure(error.cause) : undefined;
}

export function awayError(cause?: unknown): StorageError {
  return new StorageError('busy', 'The server that holds these files can not be reached at present', { cause });
}

const REACHING: ReadonlySet<ClientPhase> = new Set(['connect', 'tls', 'login']);
/** A person has to act. */
const LASTING: ReadonlySet<string> = new Set(['login-refused', 'untrusted', 'clear-text-refused', 'invalid-argument']);
