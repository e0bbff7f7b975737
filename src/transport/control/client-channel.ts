import type { Socket } from 'node:net';
import type { Limits, TlsFacts } from '../../core/index.ts';
import type { HostPort, Line } from '../../protocol/index.ts';
import { localOf, peerOf } from '../addresses.ts';
import { boundedWait } from '../bounded-wait.ts';
import { type ChannelEnd, ChannelError, endBy } from '../channel-error.ts';
import { connectTo } from '../connect-to.ts';
import type { Dial } from '../dial.ts';
import type { ClientTls } from '../tls/client-tls.ts';
import { LineStream } from './line-stream.ts';

export interface ClientChannelLimits extends Pick<Limits, 'stallMs' | 'replyFlushMs' | 'maxLineBytes'> {
  /** Until there is a TCP connection. */
  readonly connectMs: number;
  /** Lines that came and were not asked for; then the server is not read from. */
  readonly maxQueuedReplyLines: number;
}

export interface ClientChannelOptions {
  /** Name or address. */
  readonly host: string;
  readonly port: number;
  readonly limits: ClientChannelLimits;
  /** Default: a direct connection. */
  readonly dial?: Dial | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LineWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The client's side of one control connection: bytes out, lines in, TLS on. It begins in the clear. What the server does
 * never throws but where somebody waits for it.
 */
export class ClientChannel implements AsyncDisposable {
  /** Where the connection leads; through a dial of the caller's, the target that this was asked for. */
  readonly remote: HostPort;
  readonly local: HostPort;
  /** Resolves once, when the connection is gone. Lines that came before can still be taken. */
  readonly closed: Promise<ChannelEnd>;
  readonly #socket: Socket;
  readonly #limits: ClientChannelLimits;
  readonly #stream: LineStream;
  readonly #lines: Line[] = [];
  #tls: TlsFacts | undefined;
  #hasGivenLine = false;
  /** As many lines wait as may: nothing is read. */
  #isFull = false;
  #end: { readonly reason: ChannelEnd; readonly cause?: unknown } | undefined;
  #wake = (): void => undefined;

  private constructor(socket: Socket, remote: HostPort, limits: ClientChannelLimits) {
    this.#socket = socket;
    this.#limits = limits;
    this.remote = remote;
    this.local = localOf(socket);
    socket.on('error', (cause) => this.#over('reset', cause));
    this.closed = new Promise((resolve) => {
      const onClose = (): void => {
        this.#over('closed');
        resolve(this.#end?.reason ?? 'closed');
      };
      if (socket.closed) onClose();
      else socket.once('close', onClose);
    });
    this.#stream = new LineStream(
      socket,
      {
        maxLineBytes: limits.maxLineBytes,
        stallMs: limits.stallMs,
        maxUnsentBytes,
        onUnread: () => this.destroy('unread'),
        onBytes: this.#fill,
        onEnd: () => this.destroy('peer-closed'),
      },
      { isPaused: false },
    );
  }

  /** @throws ChannelError `not-found`, `refused`, `unreachable`, `timeout`, `aborted` */
  static async connect({ host, port, limits, dial, signal }: ClientChannelOptions): Promise<ClientChannel> {
    const socket = await connectTo({ host, port, timeoutMs: limits.connectMs, dial, signal });
    return new ClientChannel(socket, dial ? { address: host, port } : peerOf(socket), limits);
  }

  get tls(): TlsFacts | undefined {
    return this.#tls;
  }

  /** Whether nothing can be sent any more. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Whether a line can be taken at once. */
  get hasLine(): boolean {
    return this.#lines.length > 0;
  }

  /**
   * Does the client's handshake: at once where TLS is implicit, or when the 234 was taken. Nothing that came in the clear
   * is ever read as if it had come in TLS: where anything waits, the connection is dropped (CVE-2021-22947).
   * @throws ChannelError `injected`, `closed`, and what `ClientTls.secureControl` throws; the connection is gone then
   */
  async secure(tls: ClientTls, signal?: AbortSignal): Promise<TlsFacts> {
    const socket = this.#socket;
    if (this.#stream.stream !== socket || !socket.writable) {
      this.destroy();
      throw this.#endError();
    }
    const waiting = this.#stream.stopReading() + this.#lines.splice(0).length + socket.readableLength;
    if (waiting > 0) {
      this.destroy('injected');
      throw new ChannelError('injected', this.#hasGivenLine ? undefined : notImplicit);
    }
    this.#stream.detach();
    try {
      const { stream, facts } = await tls.secureControl(socket, signal);
      stream.on('error', (cause) => this.destroy(endBy(cause), cause));
      this.#tls = facts;
      this.#stream.attach(stream);
      return facts;
    } catch (error) {
      this.destroy('tls-failed', error);
      throw error;
    }
  }

  /**
   * Sends; resolves when the kernel has it, or when the connection is gone, which `nextLine` tells. A server that does
   * not take it in time loses the connection.
   */
  send(bytes: Uint8Array): Promise<void> {
    return this.#stream.send(bytes);
  }

  /**
   * The next line that the server sent, without its end. One call at a time; one that was given up takes no line, the
   * next call gets it. Lines that came before the connection ended are given first.
   * @throws ChannelError `timeout`, `aborted`, and what the connection ended with (`peer-closed`, `reset`, ...)
   */
  async nextLine({ timeoutMs, signal }: LineWait): Promise<Line> {
    const aborted = (cause: unknown): Error => new ChannelError('aborted', undefined, { cause });
    if (signal?.aborted) throw aborted(signal.reason);
    if (!this.#hasNews) {
      const news = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await boundedWait(news, {
        timeoutMs,
        signal,
        onTimeout: () => new ChannelError('timeout', 'The server did not answer in time'),
        onAbort: aborted,
      });
    }
    const line = this.#lines.shift();
    if (line === undefined) throw this.#endError();
    this.#hasGivenLine = true;
    this.#fill();
    return line;
  }

  /** Bytes of a line whose end did not come. */
  get unfinishedBytes(): number {
    return this.#stream.received.unfinishedBytes;
  }

  /** A line whose end did not come, from a server that sends none, if it is wanted as it stands. */
  takeUnfinished(isWanted: (line: Buffer) => boolean): Buffer | undefined {
    return this.#stream.received.takeUnfinished(isWanted);
  }

  /**
   * Sends the last bytes, then close_notify and the end of TCP, and waits for the server's; bounded by `replyFlushMs`.
   * Lines that come meanwhile are dropped.
   */
  async close(finalBytes?: Uint8Array): Promise<void> {
    this.#over('closed');
    if (!this.#stream.end(finalBytes)) {
      this.destroy();
      await this.closed;
      return;
    }
    const timer = setTimeout(() => this.destroy(), this.#limits.replyFlushMs);
    await this.closed;
    clearTimeout(timer);
  }

  /** Ends the connection at once. TLS follows when TCP has closed: freed with a write under way, it crashes (node#62967). */
  destroy(reason: ChannelEnd = 'closed', cause?: unknown): void {
    this.#over(reason, cause);
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.closed;
  }

  /** Takes as many lines from what came as may wait. */
  readonly #fill = (): void => {
    const { maxQueuedReplyLines } = this.#limits;
    while (this.#lines.length < maxQueuedReplyLines) {
      const line = this.#stream.received.next();
      if (line === undefined) break;
      this.#lines.push(line);
    }
    const isFull = this.#lines.length >= maxQueuedReplyLines;
    if (isFull !== this.#isFull) this.#holdBack(isFull);
    if (this.#hasNews) this.#wake();
  };

  #holdBack(isFull: boolean): void {
    this.#isFull = isFull;
    if (isFull) this.#stream.pause();
    else this.#stream.resume();
  }

  get #hasNews(): boolean {
    return this.#lines.length > 0 || this.#end !== undefined;
  }

  #over(reason: ChannelEnd, cause?: unknown): void {
    this.#end ??= { reason, cause };
    this.#wake();
  }

  #endError(): ChannelError {
    const { reason = 'closed', cause } = this.#end ?? {};
    const message = cause instanceof ChannelError ? cause.message : undefined;
    return new ChannelError(reason, message, { cause });
  }
}

/** Commands, and refusals of Telnet options, that the server does not take. */
const maxUnsentBytes = 65_536;

const notImplicit = 'The server spoke in the clear before TLS: is this the port of explicit TLS (21)?';
