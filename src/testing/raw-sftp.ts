import { once } from 'node:events';
import type { Duplex, EventEmitter } from 'node:stream';
import {
  formatInit,
  formatRequest,
  type KnownRequest,
  PacketSplitter,
  parseReply,
  type SftpReply,
} from '../protocol/index.ts';

/** How a test signs in: by a password, or by a private key in OpenSSH's form. */
export interface RawSftpOptions {
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly algorithms?: object;
}

interface Ssh2Client extends EventEmitter {
  connect(options: object): void;
  subsys(name: string, done: (error: Error | undefined, channel: Duplex) => void): void;
  exec(command: string, done: (error: Error | undefined) => void): void;
  shell(done: (error: Error | undefined) => void): void;
  forwardOut(from: string, fromPort: number, to: string, port: number, done: (error: Error | undefined) => void): void;
  end(): void;
  destroy(): void;
  /** Its inner parts, for what no client does by itself. */
  readonly _protocol: {
    session(channel: number, window: number, packetSize: number): void;
    channelClose(channel: number): void;
    channelData(channel: number, data: Buffer): void;
  };
  readonly _chanMgr: { add(opened: (error?: Error) => void): number };
}

/** A request without its id, which the channel gives. */
type WithoutId<Request = KnownRequest> = Request extends KnownRequest ? Omit<Request, 'id'> : never;

/** An SSH client that sends what a test says, and nothing by itself. */
export class RawSsh implements AsyncDisposable {
  readonly client: Ssh2Client;

  /** Resolves when the connection has closed. */
  readonly closed: Promise<unknown>;

  private constructor(client: Ssh2Client) {
    this.client = client;
    this.closed = once(client, 'close');
  }

  /** Connects and signs in. @throws Error where that is refused */
  static async connect(options: RawSftpOptions): Promise<RawSsh> {
    const { default: module } = await import('ssh2');
    const client = new (module as { readonly Client: new () => Ssh2Client }).Client();
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    client.on('error', reject);
    client.on('close', () => reject(new Error('The connection was closed')));
    client.on('ready', () => resolve());
    client.connect({ host: '127.0.0.1', username: 'alice', ...options, tryKeyboard: false });
    await ready;
    return new RawSsh(client);
  }

  /** Opens a channel for SFTP, without a word on it yet. */
  channel(): Promise<Duplex> {
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    this.client.subsys('sftp', (error, channel) => (error ? reject(error) : resolve(channel)));
    return promise;
  }

  /** Opens a session, and asks for nothing in it. */
  emptySession(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const id = this.client._chanMgr.add((error) => (error ? reject(error) : resolve()));
    this.client._protocol.session(id, 65_536, 32_768);
    return promise;
  }

  /** Says that a channel is closed, by the number that the server gave it. */
  closeChannel(number: number): void {
    this.client._protocol.channelClose(number);
  }

  /** Sends data on a channel, whether or not its window has room for that. */
  sendPastWindow(channel: Duplex, data: Buffer): void {
    const { outgoing } = channel as Duplex & { readonly outgoing: { readonly id: number } };
    this.client._protocol.channelData(outgoing.id, data);
  }

  /** Opens a channel, and agrees on the version. */
  async sftp(): Promise<RawSftp> {
    const sftp = new RawSftp(await this.channel());
    await sftp.begin();
    return sftp;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.end();
    await this.closed;
  }
}

/** One channel on which requests are sent and replies are read. */
export class RawSftp {
  readonly channel: Duplex;
  readonly #splitter = new PacketSplitter(1 << 24);
  readonly #waiting = new Map<number, (reply: SftpReply) => void>();
  readonly #begun = Promise.withResolvers<void>();
  /** Ends when the channel has. */
  readonly closed: Promise<unknown>;
  #next = 0;
  #hasBegun = false;

  constructor(channel: Duplex) {
    this.channel = channel;
    this.closed = once(channel, 'close');
    channel.on('data', (chunk: Buffer) => {
      for (const packet of this.#splitter.push(chunk)) this.#take(packet);
    });
  }

  async begin(): Promise<void> {
    this.channel.write(formatInit(3));
    await this.#begun.promise;
  }

  /** Sends a request; gives its reply. */
  ask(request: WithoutId): Promise<SftpReply> {
    const id = this.#next;
    this.#next += 1;
    const { promise, resolve } = Promise.withResolvers<SftpReply>();
    this.#waiting.set(id, resolve);
    this.channel.write(formatRequest({ ...request, id }));
    return promise;
  }

  /** The status that a request is answered with; 0 for any other reply. */
  async status(request: WithoutId): Promise<number> {
    const reply = await this.ask(request);
    return reply.kind === 'status' ? reply.status : 0;
  }

  /** @throws Error where it is refused */
  async open(path: string, flags: number): Promise<string> {
    const reply = await this.ask({ kind: 'open', path, flags, attributes: {} });
    if (reply.kind !== 'handle') throw new Error(`${path} was not opened: ${JSON.stringify(reply)}`);
    return reply.handle;
  }

  #take(packet: Buffer): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#begun.resolve();
      return;
    }
    const reply = parseReply(packet);
    const resolve = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    resolve?.(reply);
  }
}
