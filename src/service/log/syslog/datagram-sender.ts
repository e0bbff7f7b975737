import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { background } from '../../../core/index.ts';
import type { QueueState } from '../log-queue.ts';

/** How long a name counts as resolved. */
const RESOLVED_MS = 60_000;

/** Sends each message as a datagram (RFC 5426). Nobody tells which of them arrive. */
export class DatagramSender implements AsyncDisposable {
  readonly #host: string;
  readonly #port: number;
  readonly #maxBytes: number;
  #waitingBytes = 0;
  #lost = 0;
  #resolved: { readonly until: number; readonly socket: Promise<{ socket: Socket; address: string }> } | undefined;

  constructor(host: string, port: number, maxBytes: number) {
    this.#host = host;
    this.#port = port;
    this.#maxBytes = maxBytes;
  }

  get state(): QueueState {
    return { queuedBytes: this.#waitingBytes, lostLines: this.#lost };
  }

  write(message: Buffer): void {
    if (this.#waitingBytes + message.length > this.#maxBytes) {
      this.#lost += 1;
      return;
    }
    this.#waitingBytes += message.length;
    background(this.#send(message), () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const resolved = await this.#resolved?.socket.catch(() => undefined);
    resolved?.socket.close();
  }

  async #send(message: Buffer): Promise<void> {
    try {
      const { socket, address } = await this.#target();
      await new Promise<void>((resolve, reject) => {
        socket.send(message, this.#port, address, (error) => (error ? reject(error) : resolve()));
      });
    } catch {
      this.#lost += 1;
    } finally {
      this.#waitingBytes -= message.length;
    }
  }

  #target(): Promise<{ readonly socket: Socket; readonly address: string }> {
    const now = performance.now();
    if (this.#resolved && now < this.#resolved.until) return this.#resolved.socket;
    const before = this.#resolved?.socket;
    const socket = this.#open(before);
    this.#resolved = { until: now + RESOLVED_MS, socket };
    return socket;
  }

  async #open(before: Promise<{ readonly socket: Socket }> | undefined) {
    (await before?.catch(() => undefined))?.socket.close();
    const { address, family } = await lookup(this.#host);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4').unref();
    socket.on('error', () => undefined);
    return { socket, address };
  }
}
