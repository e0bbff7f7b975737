import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { background } from '../../core/index.ts';
import { LineSplitter } from '../../protocol/index.ts';

export interface LineStreamOptions {
  readonly maxLineBytes: number;
  readonly stallMs: number;
  readonly maxUnsentBytes: number;
  /** The peer lets too much wait, or lets it wait too long. */
  readonly onUnread: () => void;
  /** More has come: there may be a next line. */
  readonly onBytes: () => void;
  /** The peer sends no more. */
  readonly onEnd: () => void;
}

/** The bytes of a control connection as bounded lines, both ways, over its socket or over TLS. */
export class LineStream {
  readonly #options: LineStreamOptions;
  readonly #splitter: LineSplitter;
  /** What has come: the next line, and what there is of one whose end has not come. */
  readonly received: Pick<LineSplitter, 'next' | 'unfinishedBytes' | 'takeUnfinished'>;
  /** What lines are read from and written to; nothing while TLS begins. To be changed here alone. */
  stream: Duplex | undefined;
  #isPaused: boolean;
  /** When each of what the kernel has not taken yet was sent, on the clock of `performance.now`. */
  readonly #sentAt: number[] = [];
  /** Looks after those, as long as there are any. One for all: a timer for each reply costs a good part of sending it. */
  #watch: NodeJS.Timeout | undefined;

  constructor(socket: Socket, options: LineStreamOptions, { isPaused }: { readonly isPaused: boolean }) {
    this.#options = options;
    this.#splitter = new LineSplitter(options.maxLineBytes);
    this.received = this.#splitter;
    this.#isPaused = isPaused;
    socket.setKeepAlive(true, keepAliveMs).once('close', () => clearTimeout(this.#watch));
    this.attach(socket);
  }

  /** Reads from this stream, and writes to it, from now on. */
  attach(stream: Duplex): void {
    this.stream = stream;
    stream.on('data', this.#onData).on('end', this.#options.onEnd);
    if (this.#isPaused) stream.pause();
    else stream.resume();
    if (stream.readableEnded) this.#options.onEnd();
  }

  /** Reads no more from the stream, which still can be written to. How many bytes came that were not taken as lines. */
  stopReading(): number {
    this.#ignore();
    return this.#splitter.discard();
  }

  /** Has no stream until the next `attach`: what is sent meanwhile is dropped. */
  detach(): void {
    this.stream = undefined;
  }

  pause(): void {
    this.#isPaused = true;
    this.stream?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.stream?.resume();
  }

  /** Resolves when the kernel has it, or when the connection is gone. */
  send(bytes: Uint8Array): Promise<void> {
    const stream = this.stream;
    if (!stream?.writable) return Promise.resolve();
    const { stallMs, maxUnsentBytes, onUnread } = this.#options;
    this.#sentAt.push(performance.now());
    this.#watch ??= this.#watchFor(stallMs);
    return new Promise((resolve) => {
      stream.write(bytes, () => {
        this.#sentAt.shift();
        resolve();
      });
      if (stream.writableLength > maxUnsentBytes) onUnread();
    });
  }

  /** Whoever is connected keeps the process running, and not this. */
  #watchFor(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      const [oldest] = this.#sentAt;
      this.#watch = undefined;
      if (oldest === undefined) return;
      const restMs = oldest + this.#options.stallMs - performance.now();
      if (restMs <= 0) this.#options.onUnread();
      else this.#watch = this.#watchFor(Math.ceil(restMs));
    }, ms).unref();
  }

  /** Sends the last bytes, then close_notify and the end of TCP; what still comes is dropped. False where nothing can be sent. */
  end(finalBytes?: Uint8Array): boolean {
    if (!this.stream?.writable) return false;
    this.#ignore();
    this.stream.resume().end(finalBytes);
    return true;
  }

  #ignore(): void {
    this.stream?.pause().off('data', this.#onData).off('end', this.#options.onEnd);
  }

  readonly #onData = (chunk: Buffer): void => {
    const answers = this.#splitter.push(chunk);
    if (answers.length > 0) background(this.send(answers), () => undefined);
    this.#options.onBytes();
  };
}

/** When a silent peer is asked by TCP whether it is there. */
const keepAliveMs = 60_000;
