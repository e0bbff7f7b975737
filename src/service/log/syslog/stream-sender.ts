import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { WriteSome } from '../log-queue.ts';

const CONNECT_MS = 10_000;
/** A server that takes nothing for so long is connected to anew. */
const STALL_MS = 30_000;

export interface StreamTarget {
  readonly host: string;
  readonly port: number;
  /** Reads the files of TLS: a certificate that was renewed counts at the next connection. Absent: in clear. */
  readonly tls: (() => Promise<ConnectionOptions>) | undefined;
}

/** Sends over one connection to a syslog server, which it makes anew when the last one has ended. */
export class StreamSender implements Disposable {
  readonly #target: StreamTarget;
  #socket: Socket | undefined;

  constructor(target: StreamTarget) {
    this.#target = target;
  }

  /** @throws the error of the connection; then all of these bytes must be sent again. */
  readonly write: WriteSome = async (bytes) => {
    const socket = this.#socket ?? (await this.#connect());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const broken = () => reject(new Error('The connection to the syslog server has ended'));
    const stalled = setTimeout(() => socket.destroy(), STALL_MS);
    stalled.unref();
    socket.once('close', broken);
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    try {
      await promise;
      return bytes.length;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(stalled);
      socket.off('close', broken);
    }
  };

  [Symbol.dispose](): void {
    this.#socket?.end();
    this.#socket?.unref();
  }

  async #connect(): Promise<Socket> {
    const { host, port, tls } = this.#target;
    const options = await tls?.();
    const signal = AbortSignal.timeout(CONNECT_MS);
    const name = isIP(host) ? {} : { servername: host };
    const socket = options ? connectTls({ host, port, ...name, ...options }) : connectTcp({ host, port });
    // Each wait has a listener of its own; between them nobody else has. What the server says means nothing.
    socket.on('error', () => undefined).resume();
    try {
      await once(socket, options ? 'secureConnect' : 'connect', { signal });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    socket.setKeepAlive(true);
    if (!socket.destroyed) this.#socket = socket;
    return socket;
  }
}
