import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { background } from '../../core/index.ts';
import { HandshakeGate } from '../tls/handshake-gate.ts';
import { RecordFrames } from '../tls/record-frames.ts';
import { readChunks } from './read-into.ts';

type Done = (error?: Error | null) => void;

/**
 * The bytes of a data connection's TCP as a stream of its own, for TLS to run over. Unlike that of the socket itself, its
 * `end` is that of TCP and not that of TLS.
 */
export class Tunnel extends Duplex {
  readonly #socket: Socket;
  readonly #frames = new RecordFrames();
  #isMute = false;
  #gate: HandshakeGate | undefined;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    if (!readChunks(socket, this.#onShared)) socket.on('data', this.#onData);
    socket.on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
    if (socket.readableEnded) this.#onEnd();
  }

  /** Whether what the peer has sent so far ends within a TLS record. */
  get isWithinRecord(): boolean {
    return this.#frames.isWithin;
  }

  /** Shows TLS bytes that the peer has not sent. What it answers to them is not sent either. */
  inject(bytes: Buffer): void {
    this.#isMute = true;
    this.emit('data', bytes);
    this.#isMute = false;
  }

  /** TLS that wants no more for now gets no more: nothing has to be kept for it. */
  override pause(): this {
    this.#socket.pause();
    return super.pause();
  }

  override resume(): this {
    if (!this.#gate?.isShut) this.#socket.resume();
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
    if (!this.#gate?.isShut) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#isMute) done();
    else this.#socket.write(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
  }

  override _final(done: Done): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#socket.destroy();
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#frames.pass(chunk);
    this.#passOn(chunk);
  };

  #passOn(chunk: Buffer): void {
    const passing = this.#gate ? this.#gate.pass(chunk) : chunk;
    if (this.#gate?.isShut) this.#socket.pause();
    if (passing.length > 0 && !this.push(passing)) this.#socket.pause();
  }

  /** TLS takes what it is shown at once; what has to wait for it needs memory of its own. */
  readonly #onShared = (chunk: Buffer): void => {
    this.#frames.pass(chunk);
    if (this.readableFlowing && this.readableLength === 0 && !this.#gate) this.emit('data', chunk);
    else this.#passOn(Buffer.from(chunk));
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
