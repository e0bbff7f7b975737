import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Limits, TlsFacts } from '../../core/index.ts';
import { DataError } from '../data-error.ts';
import type { StreamEnding } from '../tls/end-of-stream.ts';

export type TransferStreamLimits = Pick<Limits, 'stallMs' | 'replyFlushMs' | 'closeNotifyMs'>;

export interface TransferStreamParts {
  readonly tcp: Socket;
  /** TLS over it, or itself. */
  readonly stream: Socket | TLSSocket;
  readonly facts?: TlsFacts;
  /** How the peer ended its TLS stream. */
  readonly ending?: () => StreamEnding | undefined;
  readonly limits: TransferStreamLimits;
}

/** What carries one transfer: a stream, how long it may stand still, and how it breaks. */
export class TransferStream {
  readonly tcp: Socket;
  readonly stream: Socket | TLSSocket;
  readonly facts: TlsFacts | undefined;
  /** Resolves when the connection is no more, with the reason. */
  readonly broken: Promise<DataError>;
  /** Resolves when the stream is closed, for whichever reason. */
  readonly closed: Promise<void>;
  readonly limits: TransferStreamLimits;
  /** Whether nothing moves because of the peer, and not because of our storage or of a rate limit. */
  awaitsPeer: () => boolean = () => false;
  readonly #ending: () => StreamEnding | undefined;
  readonly #reportBroken: (reason: DataError) => void;
  #isComplete = false;

  constructor(parts: TransferStreamParts) {
    const { tcp, stream, facts, limits } = parts;
    const { promise, resolve } = Promise.withResolvers<DataError>();
    this.tcp = tcp;
    this.stream = stream;
    this.facts = facts;
    this.limits = limits;
    this.broken = promise;
    this.#reportBroken = resolve;
    this.#ending = parts.ending ?? (() => undefined);
    stream.on('error', (cause) => this.break(new DataError('reset', 'The data connection broke off', { cause })));
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    this.closed = closed;
    stream.once('close', () => {
      // An error is dear to make, and nobody would see it.
      if (!this.#isComplete) this.break(new DataError('reset', 'The data connection was closed'));
      close();
    });
    if (stream.closed) close();
    if (stream.destroyed) this.break(new DataError('gone', 'The data connection was closed before the transfer'));
    stream.on('timeout', () => this.#onSilence());
    stream.setTimeout(limits.stallMs);
  }

  /** How the peer's TLS stream ended, as far as it is known. Without TLS nobody knows. */
  get ending(): StreamEnding | undefined {
    return this.#ending();
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Everything has moved: nothing that happens from now on is a failure. */
  complete(): void {
    this.#isComplete = true;
    this.stream.setTimeout(0);
  }

  get isBroken(): boolean {
    return this.tcp.destroyed;
  }

  /**
   * Ends the connection; with a reset where bytes are missing, as they must not pass for the whole. TLS follows when TCP
   * has closed: ended at once, it would be freed with a write under way, which crashes (node#62967).
   */
  break(reason: DataError): void {
    this.#reportBroken(reason);
    if (this.tcp.destroyed) return;
    // A reset behind our own end of the stream is not possible, and needed no more.
    if (this.stream.writableEnded) this.tcp.destroy();
    else this.tcp.resetAndDestroy();
  }

  #onSilence(): void {
    if (this.awaitsPeer()) this.break(new DataError('stalled', 'Nothing moved on the data connection for too long'));
    else this.stream.setTimeout(this.limits.stallMs);
  }
}
