import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { background } from '../core/index.ts';
import { HandshakeGate } from './handshake-gate.ts';
import { readChunks } from './read-into.ts';

type Done = (error?: Error | null) => void;

/**
 * The bytes of a TCP connection as a stream of its own, for TLS to run over. Unlike the socket itself it can be taken
 * off again (`release`), which leaves the connection in the clear, and its `end` is that of TCP and not that of TLS.
 */
export class Tunnel extends Duplex {
  readonly #socket: Socket;
  #isReleased = false;
  #isMute = false;
  #gate: HandshakeGate | undefined;

  /** @param isBulk much will come, and the tunnel will not be released: it is read in large pieces. */
  constructor(socket: Socket, isBulk = false) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    if (!isBulk || !readChunks(socket, this.#onShared)) socket.on('data', this.#onData);
    socket.on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
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

  /** Shows TLS bytes that the peer has not sent. What it answers to them is not sent either. */
  inject(bytes: Buffer): void {
    this.#isMute = true;
    this.emit('data', bytes);
    this.#isMute = false;
  }

  /** TLS that wants no more for now gets no more: nothing has to be kept for it. */
  override pause(): this {
    if (!this.#isReleased) this.#socket.pause();
    return super.pause();
  }

  override resume(): this {
    if (!this.#isReleased && !this.#gate?.isShut) this.#socket.resume();
    return super.resume();
  }

  /** Keeps back what the peer sends from its first encrypted record on, until then. */
  holdUntil(isDue: Promise<unknown>): void {
    const gate = new HandshakeGate();
    this.#gate = gate;
    background(this.#openGate(gate, isDue), () => this.destroy());
  }

  async #openGate(gate: HandshakeGate, isDue: Promise<unknown>): Promise<void> {
    await isDue;
    this.#gate = undefined;
    if (gate.held.length > 0) this.push(gate.held);
    if (gate.isShut) this.#socket.resume();
  }

  override _read(): void {
    if (this.#gate?.isShut) return;
    if (!this.#isReleased) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#isMute) done();
    else this.#socket.write(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
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
    const passing = this.#gate ? this.#gate.pass(chunk) : chunk;
    if (this.#gate?.isShut) this.#socket.pause();
    if (passing.length > 0 && !this.push(passing)) this.#socket.pause();
  };

  /** TLS takes what it is shown at once; what has to wait for it needs memory of its own. */
  readonly #onShared = (chunk: Buffer): void => {
    if (this.readableFlowing && this.readableLength === 0 && !this.#gate) this.emit('data', chunk);
    else this.#onData(Buffer.from(chunk));
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
