import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { background } from '../../src/core/index.ts';
import { Channel } from './channel.ts';
import type { HostileState } from './hostile-state.ts';

/** A passive port, for one client. */
export class DataPort {
  readonly #server: Server;
  readonly #connection = Promise.withResolvers<Socket>();
  #tcp: Socket | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.maxConnections = 1;
    server.once('connection', (tcp) => {
      this.#tcp = tcp.on('error', () => undefined);
      this.#connection.resolve(tcp);
    });
    background(this.#connection.promise, () => undefined);
  }

  static async listen(address: string): Promise<DataPort> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }).listen({
      host: address,
      port: 0,
      exclusive: true,
    });
    await once(server, 'listening');
    return new DataPort(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async accept(state: HostileState, protection: 'C' | 'P'): Promise<HostileData> {
    const tcp = await this.#connection.promise;
    const data = new HostileData(tcp, state);
    if (protection === 'P') await data.secure();
    return data;
  }

  /** Closes the port, and its connection. */
  close(): void {
    this.#connection.reject(new Error('The passive port was closed'));
    this.#tcp?.destroy();
    this.#server.close();
  }
}

/** The server's side of one data connection. */
export class HostileData {
  readonly #channel: Channel;
  readonly #state: HostileState;
  readonly #received: Buffer[] = [];

  constructor(tcp: Socket, state: HostileState) {
    this.#channel = new Channel(tcp);
    this.#channel.onBytes = (bytes) => this.#received.push(bytes);
    this.#state = state;
    tcp.on('close', () => state.uploads.push(Buffer.concat(this.#received)));
  }

  get isOpen(): boolean {
    return this.#channel.isOpen;
  }

  /** Whether the client's handshake continued its session. */
  get isResumed(): boolean {
    return this.#channel.isResumed;
  }

  async secure(): Promise<void> {
    await this.#channel.secure(contextFor(this.#state));
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    await this.#channel.writeAndWait(Buffer.from(bytes));
  }

  /** Sends the chunk again and again, as fast as it is taken, until the client has gone. */
  async writeEndlessly(chunk: string): Promise<void> {
    await this.#channel.writeEndlessly(Buffer.from(chunk));
  }

  /** Takes nothing from now on, so that the client can't get rid of more than the systems hold. */
  pause(): void {
    this.#channel.pause();
  }

  /** Resolves when the client has sent so many bytes. */
  async receivedBytes(count: number): Promise<void> {
    while (this.isOpen && this.#received.reduce((sum, { length }) => sum + length, 0) < count) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** All that the client sends, to the end of its stream. */
  async receive(): Promise<Buffer> {
    await this.#channel.ended();
    return Buffer.concat(this.#received);
  }

  /** Sends the last bytes and ends: as the rules say, where nothing is asked for. @throws when the client has gone */
  async finish(bytes: Uint8Array | string = '', ending = this.#state.data.ending ?? 'clean'): Promise<void> {
    if (ending === 'cut-in-record') return this.#channel.cutInRecord(Buffer.from(bytes));
    await this.write(bytes);
    if (!this.isOpen) throw new Error('The client broke the transfer off');
    if (ending === 'clean') return this.#channel.end();
    if (ending === 'cut') this.#channel.cut();
    else this.#channel.reset();
  }
}

function contextFor({ data, tls, certificate, context }: HostileState): SecureContext {
  if (!data.certificate && data.resumes !== false) return context;
  // Tickets are good only in the context that made them.
  const { certificate: cert, key } = data.certificate ?? certificate;
  return createSecureContext({ cert, key, ...tls });
}
