import type { Socket } from 'node:net';
import { background, type Limits, type TlsFacts } from '../../core/index.ts';
import type { HostPort, Line } from '../../protocol/index.ts';
import { localOf, peerOf } from '../addresses.ts';
import { type ChannelEnd, ChannelError, endBy } from '../channel-error.ts';
import type { ConnectionTls } from '../tls/connection-tls.ts';
import { LineStream } from './line-stream.ts';

/** Who takes what a control connection brings. */
export interface ChannelListener {
  /** A command line without its end. */
  readonly onLine: (line: Line) => void;
  /** The peer sends no more, and every line before that was delivered. It may still read. */
  readonly onEnd: () => void;
}

/**
 * The server's side of one control connection: lines in, bytes out, TLS on. It begins in the clear, and no misbehaviour
 * of the peer throws: it ends the channel, and `closed` says why.
 */
export class ControlChannel implements AsyncDisposable {
  readonly peer: HostPort;
  readonly local: HostPort;
  /** Resolves once, when the connection is gone. */
  readonly closed: Promise<ChannelEnd>;
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #lines: LineStream;
  #listener: ChannelListener | undefined;
  #tls: TlsFacts | undefined;
  #isPaused = true;
  #hasEnded = false;
  #reason: ChannelEnd | undefined;
  #onReason: () => void = () => undefined;

  /** @param socket just accepted, by a server with `allowHalfOpen`. */
  constructor(socket: Socket, limits: Limits) {
    this.#socket = socket;
    this.#limits = limits;
    this.peer = peerOf(socket);
    this.local = localOf(socket);
    socket.setNoDelay(true).on('error', () => this.#giveReason('reset'));
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve(this.#reason ?? 'closed'));
    });
    this.#lines = new LineStream(
      socket,
      {
        maxLineBytes: limits.maxLineBytes,
        stallMs: limits.stallMs,
        maxUnsentBytes: limits.maxReplyQueueBytes,
        onUnread: () => this.destroy('unread'),
        onBytes: this.#deliver,
        onEnd: () => this.#hearEnd(),
      },
      { isPaused: true },
    );
  }

  get protection(): 'clear' | 'private' {
    return this.#tls ? 'private' : 'clear';
  }

  get tls(): TlsFacts | undefined {
    return this.#tls;
  }

  /** Whether neither side has ended it when all that has come by now was heard, and within a time beyond that. */
  async staysOpen(withinMs: number): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#reason === undefined && withinMs > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, withinMs);
      this.#onReason = resolve;
      await promise;
      clearTimeout(timer);
      // A process that was busy all the time hears of the timer before it hears of the network.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    }
    return this.#reason === undefined;
  }

  /** Begins to read and to deliver. Until then the channel only sends, and may be secured. */
  listen(listener: ChannelListener): void {
    this.#listener = listener;
    this.resume();
  }

  /** No line is delivered until `resume`, and in time the peer is not read from. */
  pause(): void {
    this.#isPaused = true;
    this.#lines.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
    if (!this.#isPaused) this.#lines.resume();
  }

  /**
   * Sends; resolves when the kernel has it, or when the connection is gone. A peer that lets too much wait, or lets it
   * wait too long, loses the connection.
   */
  send(bytes: Uint8Array): Promise<void> {
    return this.#lines.send(bytes);
  }

  /**
   * Sends `announcement` (the 234) in the clear and does the server's handshake; at the start of an implicit connection
   * there is none. Nothing that came in the clear is ever read as if it had come in TLS: where anything waits, the
   * connection is dropped (CVE-2011-1575). Lines that were delivered already are the caller's: it must have none left.
   * @throws ChannelError; the connection is gone then (RFC 4217 section 4.4: its state is unknown).
   */
  async secure(tls: ConnectionTls, announcement: Uint8Array | undefined): Promise<TlsFacts> {
    if (this.#lines.stream !== this.#socket || !this.#socket.writable) throw this.#fail('closed', notInTheClear);
    if (this.#lines.stopReading() > 0) throw this.#fail('injected');
    if (announcement) background(this.send(announcement), () => undefined);
    this.#lines.detach();
    try {
      const { stream, facts } = await tls.secureControl(this.#socket);
      stream.on('error', (cause) => this.destroy(endBy(cause)));
      this.#tls = facts;
      this.#lines.attach(stream);
      return facts;
    } catch (cause) {
      this.destroy(endBy(cause));
      throw new ChannelError('tls-failed', undefined, { cause });
    }
  }

  /**
   * Sends the last bytes, then close_notify and the end of TCP, and waits for the peer's end, so that a reset does not
   * take the last reply from it; all of it bounded by `withinMs`.
   */
  async close(finalBytes?: Uint8Array, withinMs = this.#limits.replyFlushMs): Promise<void> {
    const { stream } = this.#lines;
    this.#giveReason('closed');
    if (!this.#lines.end(finalBytes)) {
      if (!stream?.writableEnded) this.destroy();
      await this.closed;
      return;
    }
    const timer = setTimeout(() => this.destroy(), withinMs);
    await this.closed;
    clearTimeout(timer);
  }

  /** Ends the connection at once. TLS follows when TCP has closed: freed with a write under way, it crashes (node#62967). */
  destroy(reason: ChannelEnd = 'closed'): void {
    this.#giveReason(reason);
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.closed;
  }

  #hearEnd(): void {
    this.#giveReason('peer-closed');
    this.#hasEnded = true;
    this.#deliver();
  }

  readonly #deliver = (): void => {
    while (!this.#isPaused && this.#lines.stream?.writable) {
      const line = this.#lines.received.next();
      if (line === undefined) break;
      this.#listener?.onLine(line);
    }
    if (!this.#hasEnded || this.#isPaused) return;
    this.#hasEnded = false;
    this.#listener?.onEnd();
  };

  #fail(code: ChannelEnd, message?: string): ChannelError {
    this.destroy(code);
    return new ChannelError(code, message);
  }

  #giveReason(reason: ChannelEnd): void {
    this.#reason ??= reason;
    this.#onReason();
  }
}

const notInTheClear = 'TLS can be started on an open control connection in the clear only';
