import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

type Done = (error?: Error | null) => void;

/**
 * The bytes of a TCP connection as a stream of its own, for TLS to run over. Unlike the socket itself it can be taken
 * off again (`release`), which leaves the connection in the clear, and its `end` is that of TCP and not that of TLS.
 */
export class Tunnel extends Duplex {
  readonly #socket: Socket;
  #isReleased = false;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
    if (socket.readableEnded) this.#onEnd();
  }

  /**
   * Gives the connection back, paused and to be read by others. What is written into the tunnel, up to its end, still
   * goes out; its end and its destruction no longer reach the connection.
   */
  release(): void {
    this.#isReleased = true;
    const socket = this.#socket.pause();
    socket.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError).off('close', this.#onClose);
  }

  override _read(): void {
    if (!this.#isReleased) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#socket.write(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: Done): void {
    if (this.#isReleased) done();
    else this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    if (!this.#isReleased) this.#socket.destroy();
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#socket.pause();
  };

  readonly #onEnd = (): void => {
    this.push(null);
  };

  readonly #onError = (error: Error): void => {
    this.destroy(error);
  };

  readonly #onClose = (): void => {
    this.destroy();
  };
}
