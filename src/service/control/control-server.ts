import { once } from 'node:events';
import { lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import process from 'node:process';
import { background } from '../../core/index.ts';
import type { OperatedService } from '../operators/index.ts';
import { systemCode } from '../system-error.ts';
import { OperatorConnection } from './operator-connection.ts';
import { socketAddress } from './socket-address.ts';
import { makeSocketKey, removeSocketKey } from './socket-key.ts';

/** Connections of operators at once. With one more, the one that has been idle for longest ends. */
const MAX_CONNECTIONS = 16;
/** How long a connection may ask nothing. */
const IDLE_MS = 300_000;
/** Others than the owner of the socket may not connect. */
const CLOSED_TO_OTHERS = 0o177;

/** The socket by which operators of this machine reach the running service. Who may open its file may do everything. */
export class ControlServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #address: Disposable;
  readonly #connections = new Map<OperatorConnection, Promise<void>>();
  readonly #service = Promise.withResolvers<OperatedService>();
  readonly #version: string;
  readonly #key: string;
  readonly #file: string;

  private constructor(file: string, version: string, address: Disposable) {
    this.#file = file;
    this.#key = makeSocketKey(file);
    this.#version = version;
    this.#address = address;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#service.promise.catch(() => undefined);
  }

  /**
   * Opens the socket, in the place of one that a killed server has left. Whoever calls this holds the data directory, so
   * that no server lives behind it. Requests wait for `serve`. @throws Error that says why there is none
   */
  static async open(file: string, version: string): Promise<ControlServer> {
    const address = socketAddress(file);
    if (!address) throw new Error(`the path ${file} is too long for a socket here`);
    try {
      removeStale(file);
      const opened = new ControlServer(file, version, address);
      await listenPrivately(opened.#server, address.path);
      // A connection that can't be accepted, because files are scarce, concerns its operator alone.
      opened.#server.on('error', () => undefined);
      return opened;
    } catch (error) {
      address[Symbol.dispose]();
      throw error;
    }
  }

  serve(service: OperatedService): void {
    this.#service.resolve(service);
  }

  /** Removes the socket, and ends what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#service.reject(new Error('The server ends'));
    for (const connection of this.#connections.keys()) connection.destroy();
    await closed;
    removeSocketKey(this.#file);
    this.#address[Symbol.dispose]();
  }

  #accept(socket: Socket): void {
    const connection = new OperatorConnection(socket);
    if (!this.#makeRoom()) return connection.destroy();
    socket.setTimeout(IDLE_MS);
    socket.on('timeout', () => {
      if (!connection.isBusy) connection.destroy();
    });
    const served = connection.serve(this.#service.promise, this.#version, this.#key);
    this.#connections.set(connection, served);
    background(
      served.finally(() => this.#connections.delete(connection)),
      () => undefined,
    );
  }

  /** A program that connects and asks nothing, or does not read, must not keep operators out. */
  #makeRoom(): boolean {
    if (this.#connections.size < MAX_CONNECTIONS) return true;
    const idle = [...this.#connections.keys()].filter(({ isBusy }) => !isBusy);
    const [longest] = idle.toSorted((one, other) => one.lastRequest - other.lastRequest);
    if (!longest) return false;
    this.#connections.delete(longest);
    longest.destroy();
    return true;
  }
}

/** @throws Error where something else is in the way */
function removeStale(file: string): void {
  try {
    if (!lstatSync(file).isSocket()) throw new Error(`${file} is in the way, and is no socket`);
    unlinkSync(file);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** The file of the socket gets its mode as it is made: `listen` makes it before it returns. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const before = process.umask(CLOSED_TO_OTHERS);
  try {
    server.listen({ path });
  } finally {
    process.umask(before);
  }
  await once(server, 'listening');
}
