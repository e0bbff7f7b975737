import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { limits } from './limits.ts';

const { closeMs } = limits;

/** Who hears of what happens on a control connection. None of these may throw. */
export interface ControlEvents {
  readonly onData: (chunk: Buffer) => void;
  /** A TLS session, to be resumed. */
  readonly onSession: (session: Buffer) => void;
  /** It is over. */
  readonly onOver: (reason: Error) => void;
}

/** The socket of a control connection, which callers may have in their hands too, and our listeners on it. */
export class ControlSocket {
  readonly socket: Socket | TLSSocket;
  readonly #tcp: Socket;
  readonly #events: ControlEvents;
  #isInUse = true;

  /** @param tcp what lies under TLS. Ended first: TLS that is freed with a write under way crashes (node#62967) */
  constructor(socket: Socket | TLSSocket, tcp: Socket, events: ControlEvents) {
    this.socket = socket;
    this.#tcp = tcp;
    this.#events = events;
    socket.setTimeout(0).setKeepAlive(true).on('error', this.#onError).on('data', this.#onData);
    socket.on('end', this.#onEnd).on('close', this.#onClose).on('timeout', this.#onTimeout);
    if (socket instanceof TLSSocket) socket.on('session', events.onSession);
    // Whatever happens to it later is told by nobody, and must not end the process.
    socket.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return this.#isInUse && this.socket.remoteAddress !== undefined;
  }

  /** What comes from now on is not ours; TLS over it, for instance, is. */
  release(): Socket {
    this.#isInUse = false;
    this.socket.setTimeout(0).off('error', this.#onError).off('data', this.#onData).off('end', this.#onEnd);
    this.socket.off('close', this.#onClose).off('timeout', this.#onTimeout).off('session', this.#events.onSession);
    return this.socket;
  }

  /** TLS over this, which was released. */
  secured(socket: TLSSocket): ControlSocket {
    return new ControlSocket(socket, this.#tcp, this.#events);
  }

  write(bytes: Uint8Array): void {
    if (this.#isInUse && this.socket.writable) this.socket.write(bytes);
  }

  /** Says the last word and ends in good order, without making anybody wait; for a bounded time. */
  leave(lastWord: Uint8Array): void {
    const isOpen = this.isOpen && this.socket.writable;
    this.release();
    if (!isOpen) {
      this.#tcp.destroy();
      return;
    }
    const timer = setTimeout(() => this.#tcp.destroy(), closeMs);
    this.socket.once('close', () => clearTimeout(timer)).resume();
    this.socket.end(lastWord);
  }

  readonly #onData = (chunk: Buffer): void => this.#events.onData(chunk);

  readonly #onError = (error: Error): void => {
    error.message += ' (control socket)';
    this.#events.onOver(error);
  };

  readonly #onEnd = (): void => {
    this.#events.onOver(new Error('Server sent FIN packet unexpectedly, closing connection.'));
  };

  readonly #onClose = (): void => this.#events.onOver(new Error('Server closed connection unexpectedly.'));

  readonly #onTimeout = (): void => {
    this.#tcp.destroy();
    this.#events.onOver(new Error('Timeout (control socket)'));
  };
}
