import type { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { background } from '../core/index.ts';

export interface RawDataOptions {
  readonly host: string;
  readonly port: number;
  /** TLS for the connection, with the `session` to resume; absent: in clear. */
  readonly tls?: ConnectionOptions;
  /** Puts something between TCP and TLS, to cut or alter what goes over the wire. */
  readonly through?: (tcp: Socket) => Duplex;
  /** Told each TLS session that the server hands out on this connection. */
  readonly onSession?: (session: Buffer) => void;
}

/** The client's side of one data connection, made by hand: nothing in it repairs or hides what the server does. */
export class RawData implements AsyncDisposable {
  /** The bare TCP connection, for whoever wants to break it. */
  readonly tcp: Socket;
  /** Resolves when TLS is up (at once in clear); many servers begin it only after the transfer command. */
  readonly ready: Promise<void>;
  readonly #stream: Socket | TLSSocket;

  private constructor(tcp: Socket, options: RawDataOptions) {
    this.tcp = tcp;
    if (options.tls === undefined) {
      this.#stream = tcp;
      this.ready = Promise.resolve();
    } else {
      const secure = connectTls({ ...options.tls, socket: options.through?.(tcp) ?? tcp });
      if (options.onSession !== undefined) secure.on('session', options.onSession);
      this.#stream = secure;
      this.ready = new Promise((resolve, reject) => {
        secure.once('secureConnect', () => resolve()).once('error', reject);
        secure.once('close', () => reject(new Error('The data connection was closed before TLS was up')));
      });
    }
    this.tcp.on('error', ignore);
    this.#stream.on('error', ignore);
    background(this.ready, ignore);
  }

  /** Resolves when TCP is connected. */
  static async connect(options: RawDataOptions): Promise<RawData> {
    const tcp = connectTcp({ host: options.host, port: options.port });
    await once(tcp, 'connect');
    return new RawData(tcp, options);
  }

  /** Whether the handshake continued the session that was offered. */
  get isResumed(): boolean {
    return 'isSessionReused' in this.#stream && this.#stream.isSessionReused();
  }

  /** Everything the server sends, to the end of its stream. */
  async receive(): Promise<Buffer> {
    await this.ready;
    return buffer(this.#stream);
  }

  /** Sends a part and leaves the connection open. Resolves when the kernel has it. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.ready;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends the rest and ends the stream as one should: close_notify, then the end of TCP. */
  async send(bytes: Uint8Array): Promise<void> {
    await this.ready;
    this.#stream.resume();
    this.#stream.end(bytes);
    await finished(this.#stream, { readable: false });
  }

  /** Resolves when the connection is gone, whoever ended it and however. */
  async closed(): Promise<void> {
    this.#stream.resume();
    if (!this.#stream.closed) await once(this.#stream, 'close');
  }

  /** Breaks TCP off with a reset. */
  reset(): void {
    this.tcp.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.destroy();
    this.tcp.destroy();
    if (!this.tcp.closed) await once(this.tcp, 'close');
  }
}

/** Errors show where they matter: in `ready`, in what was received, in the server's reply. */
function ignore(): void {}
