import type { Socket } from 'node:net';
import type { Limits } from '../../../core/index.ts';
import type { Ssh2Channel } from '../../../transport/index.ts';
import type { SshChannel } from '../transport.ts';
import { gatherWrites } from './gather-writes.ts';

/**
 * A peer can ask for packets so small that each byte costs a packet of ours, and of 0 bytes, on which ssh2 loops for ever. RFC 4253
 * section 6.1 has everybody take 32,768 bytes.
 */
export const MIN_PACKET_BYTES = 1024;
/** What ssh2 lets a peer send before it has to wait, and once more: it opens the window anew when half of it is used. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024 + 65_536;

/** A channel of ssh2, which waits for the peer and for the socket. */
export class WatchedChannel implements SshChannel {
  readonly #channel: Ssh2Channel;
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #onStall: () => void;
  readonly #waiting = new Set<() => void>();
  readonly #chunks: Uint8Array[] = [];
  readonly #abort = new AbortController();
  #draining: Promise<void> | undefined;
  #isAtEnd = false;
  #wake: (() => void) | undefined;

  /** @param onStall called when the peer has not taken what was written within `stallMs` */
  constructor(channel: Ssh2Channel, socket: Socket, limits: Limits, onStall: () => void) {
    this.#channel = channel;
    this.#socket = socket;
    this.#limits = limits;
    this.#onStall = onStall;
    channel.on('data', (chunk: Buffer) => {
      // Nobody takes it any more, and ssh2 does not forget a channel with something left in it.
      if (this.signal.aborted) return;
      this.#chunks.push(chunk);
      channel.pause();
      this.#wake?.();
    });
    channel.on('end', () => this.#atEnd());
    channel.on('close', () => this.closed());
    // Of data behind its end, and of what is written behind ours.
    channel.on('error', () => this.closed());
  }

  /** Whether the peer has sent more than it was allowed to: ssh2 does not look. */
  get isOverrun(): boolean {
    return this.#channel.readableLength > MAX_WAITING_BYTES;
  }

  readonly incoming: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => this.#read() };

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(this.#onStall, this.#limits.stallMs);
    try {
      // ssh2 does not wait for the socket.
      while (this.#socket.writableNeedDrain && !this.signal.aborted) await this.#drained();
      if (this.signal.aborted) return;
      gatherWrites(this.#socket);
      this.#channel.write(bytes, () => resolve());
      await promise;
    } catch {
      this.closed();
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(resolve);
    }
  }

  close(): void {
    if (this.signal.aborted) return;
    try {
      this.#channel.exit(0);
      this.#channel.end();
    } catch {
      this.closed();
    }
  }

  /** It is over, by either side. */
  closed(): void {
    this.#abort.abort();
    this.#chunks.length = 0;
    this.#atEnd();
    this.#channel.resume();
    for (const resolve of this.#waiting) resolve();
  }

  /** Resolves when the socket takes more, or the channel has closed: one listener for all that wait. */
  #drained(): Promise<void> {
    if (this.#draining) return this.#draining;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      this.#socket.off('drain', done);
      this.#waiting.delete(done);
      this.#draining = undefined;
      resolve();
    };
    this.#socket.on('drain', done);
    this.#waiting.add(done);
    this.#draining = promise;
    return promise;
  }

  #atEnd(): void {
    this.#isAtEnd = true;
    this.#wake?.();
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        yield chunk;
        continue;
      }
      if (this.#isAtEnd) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.#channel.resume();
      await promise;
    }
  }
}
