import { once } from 'node:events';
import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { type SecureContext, TLSSocket } from 'node:tls';
import { overlay } from '../../src/testing/overlay.ts';

/** A TCP connection that may become TLS, and that can be ended in every way, decent or not. */
export class Channel {
  readonly tcp: Socket;
  /** Takes what comes, decrypted. */
  onBytes: (bytes: Buffer) => void = () => undefined;
  #stream: Socket | TLSSocket;
  #alter = (chunk: Buffer): Buffer => chunk;

  constructor(tcp: Socket) {
    this.tcp = tcp;
    this.#stream = tcp;
    tcp.on('error', ignore);
    this.#listen(tcp);
  }

  get isOpen(): boolean {
    return !this.tcp.destroyed && this.tcp.writable && this.#stream.writable;
  }

  get isSecure(): boolean {
    return this.#stream !== this.tcp;
  }

  get isResumed(): boolean {
    return this.#stream instanceof TLSSocket && this.#stream.isSessionReused();
  }

  /** The server's handshake. @throws when the client breaks it off */
  async secure(secureContext: SecureContext): Promise<void> {
    this.tcp.removeAllListeners('data');
    const stand = overlay(this.tcp, (chunk) => this.#alter(chunk));
    const stream = new TLSSocket(stand, { isServer: true, secureContext, ALPNProtocols: ['ftp', 'ftp-data'] });
    stream.on('error', ignore);
    this.#listen(stream);
    await Promise.race([once(stream, 'secure'), this.#gone('The client left during the handshake')]);
  }

  write(bytes: Uint8Array): void {
    if (this.isOpen) this.#stream.write(bytes);
  }

  /** Resolves when the system has taken the bytes, or the client has gone. */
  async writeAndWait(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) return;
    const closed = new AbortController();
    const taken = new Promise<void>((resolve) => {
      this.#stream.write(bytes, () => resolve());
    });
    const gone = once(this.tcp, 'close', { signal: closed.signal }).catch(ignore);
    await Promise.race([taken, gone]);
    closed.abort();
  }

  async writeEndlessly(chunk: Uint8Array): Promise<void> {
    while (this.isOpen) await this.writeAndWait(chunk);
  }

  /** close_notify where there is TLS, and the end of TCP. */
  async end(): Promise<void> {
    if (this.isSecure) {
      this.#stream.end();
      await finished(this.#stream, { readable: false }).catch(ignore);
    }
    this.tcp.end();
  }

  /** The end of TCP without close_notify; what was written goes out before. */
  cut(): void {
    this.tcp.end();
  }

  /** The end of TCP in the middle of a record. */
  async cutInRecord(bytes: Uint8Array): Promise<void> {
    this.#alter = (chunk) => chunk.subarray(0, chunk.length / 2);
    await this.writeAndWait(bytes);
    this.tcp.end();
  }

  pause(): void {
    this.#stream.pause();
  }

  reset(): void {
    this.tcp.resetAndDestroy();
  }

  destroy(): void {
    this.#stream.destroy();
    this.tcp.destroy();
  }

  /** Resolves when the client has ended its stream, or broken it off. */
  async ended(): Promise<void> {
    await finished(this.#stream, { writable: false }).catch(ignore);
  }

  #listen(stream: Socket | TLSSocket): void {
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => this.onBytes(bytes));
  }

  async #gone(message: string): Promise<never> {
    if (!this.tcp.closed) await once(this.tcp, 'close');
    throw new Error(message);
  }
}

function ignore(): void {}
