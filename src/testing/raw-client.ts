import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { decodeText, encodeText } from '../core/index.ts';
import { overlay } from './overlay.ts';
import { RawData, type RawDataOptions } from './raw-data.ts';

/** A reply as it came: the code, and all of its lines without their line ends. */
export interface RawReply {
  readonly code: number;
  readonly lines: readonly string[];
}

export interface RawClientOptions {
  readonly host?: string;
  readonly port: number;
  /** Of this machine: where the control connection comes from. */
  readonly localAddress?: string;
  /** TLS before the greeting, as port 990 has it. */
  readonly implicit?: boolean;
  /** For both channels: trust, versions, SNI, ALPN. */
  readonly tls?: ConnectionOptions;
  /** How long one reply may take before that is an error. */
  readonly replyTimeoutMs?: number;
}

/** How the client protects a data connection. */
export type RawDataProtection = 'resumed' | 'unresumed' | 'clear';

export class UnexpectedReply extends Error {
  override readonly name = 'UnexpectedReply';
  readonly reply: RawReply;

  constructor(wanted: string, reply: RawReply) {
    super(`Expected ${wanted}, got: ${reply.lines.join(' / ')}`);
    this.reply = reply;
  }
}

/** The server ended the control connection where a reply was due. */
export class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';
}

/**
 * The client's side of a control connection, made by hand: it sends exactly the bytes that it is told to, in any order,
 * and reads replies one by one. For tests of what no decent client would do, against any FTP server.
 */
export class RawClient implements AsyncDisposable {
  readonly host: string;
  readonly #tls: ConnectionOptions;
  readonly #replyTimeoutMs: number;
  readonly #tcp: Socket;
  #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #session: Buffer | undefined;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket, options: RawClientOptions) {
    this.host = options.host ?? '127.0.0.1';
    // One identity for both channels, or Node does not resume the session of the one on the other.
    this.#tls = { servername: 'localhost', ...options.tls, host: this.host };
    this.#replyTimeoutMs = options.replyTimeoutMs ?? 120_000;
    this.#tcp = socket;
    this.#socket = socket;
    this.#listen(socket);
  }

  /** Connects; the greeting is the first `reply()`. */
  static async connect(options: RawClientOptions): Promise<RawClient> {
    const { port, host = '127.0.0.1', localAddress } = options;
    const socket = connectTcp({ host, port, noDelay: true, ...(localAddress !== undefined && { localAddress }) });
    await once(socket, 'connect');
    const client = new RawClient(socket, options);
    if (options.implicit) await client.secure();
    return client;
  }

  /** What came and was not read as a reply. */
  get unread(): string {
    return decodeText(this.#received);
  }

  /** The newest TLS session that the server handed out on either channel. */
  get session(): Buffer | undefined {
    return this.#session;
  }

  /** Ours, as the server sees it. */
  get localPort(): number {
    return this.#tcp.localPort ?? 0;
  }

  /** Sends bytes as they are; a string stands for one byte a character. */
  write(bytes: Uint8Array | string): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends a command line. */
  send(line: string): void {
    this.#socket.write(Buffer.concat([encodeText(line), Buffer.from('\r\n')]));
  }

  /** The next reply, of one line or of many (RFC 959 section 4.2). @throws ConnectionEnded, or when it takes too long. */
  async reply(): Promise<RawReply> {
    const first = await this.#line();
    if (!/^[1-6]\d\d[ -]/.test(first)) throw new Error(`Not a reply: ${JSON.stringify(first)}`);
    const lines = [first];
    const last = `${first.slice(0, 3)} `;
    for (let line = first; !line.startsWith(last); lines.push(line)) line = await this.#line();
    return { code: Number(last), lines };
  }

  /** The reply that ends a command (to `line`, where one is given): after a preliminary one (1yz), the next. */
  async outcome(line?: string): Promise<RawReply> {
    if (line !== undefined) this.send(line);
    const reply = await this.reply();
    return reply.code < 200 ? this.reply() : reply;
  }

  /** Sends a command and reads its reply. */
  async ask(line: string): Promise<RawReply> {
    this.send(line);
    return this.reply();
  }

  /** Reads a reply, to `line` where one is given, that must have this code. @throws UnexpectedReply */
  async expect(code: number, line?: string): Promise<RawReply> {
    if (line !== undefined) this.send(line);
    const reply = await this.reply();
    if (reply.code !== code) throw new UnexpectedReply(`${code}${line === undefined ? '' : ` to ${line}`}`, reply);
    return reply;
  }

  /** Starts TLS on the control connection, now. What came in clear and was not read is kept from what comes in TLS. */
  async secure(overrides: ConnectionOptions = {}): Promise<void> {
    this.#leave();
    const secure = connectTls({ ...this.#tls, ...overrides, socket: overlay(this.#tcp) });
    secure.on('session', (session) => {
      this.#session = session;
    });
    this.#listen(secure);
    await once(secure, 'secureConnect');
  }

  /** From the greeting of an explicit listener to a login with both channels protected. */
  async signIn(user: string, password: string): Promise<void> {
    await this.expect(220);
    if (!('encrypted' in this.#socket)) {
      await this.expect(234, 'AUTH TLS');
      await this.secure();
    }
    await this.expect(331, `USER ${user}`);
    await this.expect(230, `PASS ${password}`);
    await this.expect(200, 'PBSZ 0');
    await this.expect(200, 'PROT P');
    await this.expect(200, 'TYPE I');
  }

  /** Asks for a passive port (RFC 2428). */
  async passive(): Promise<number> {
    const reply = await this.expect(229, 'EPSV');
    return Number(/\(\|\|\|(\d+)\|\)/.exec(reply.lines[0] ?? '')?.[1]);
  }

  /** Connects a data channel: in TLS that continues this client's session, in TLS of its own, or in clear. */
  async data(
    port: number,
    protection: RawDataProtection = 'resumed',
    through?: RawDataOptions['through'],
  ): Promise<RawData> {
    const session = protection === 'resumed' ? this.#session : undefined;
    return RawData.connect({
      host: this.host,
      port,
      ...(protection !== 'clear' && { tls: { ...this.#tls, ...(session && { session }) } }),
      ...(through && { through }),
      onSession: (session) => {
        this.#session = session;
      },
    });
  }

  /** A whole download or listing: passive port, command, data, closing reply (given back with the bytes). */
  async download(command: string): Promise<Buffer> {
    const port = await this.passive();
    await using data = await this.data(port);
    await this.expect(150, command);
    const bytes = await data.receive();
    await this.expect(226);
    return bytes;
  }

  /** A whole upload. */
  async upload(command: string, bytes: Uint8Array | string): Promise<RawReply> {
    const port = await this.passive();
    await using data = await this.data(port);
    await this.expect(150, command);
    await data.send(Buffer.from(bytes));
    return await this.expect(226);
  }

  /** Resolves when the server has ended the connection; gives the replies that came before that. */
  async ended(): Promise<readonly RawReply[]> {
    const replies: RawReply[] = [];
    try {
      for (;;) replies.push(await this.reply());
    } catch (error) {
      if (error instanceof ConnectionEnded) return replies;
      throw error;
    }
  }

  /** Ends our half of the connection, without QUIT. */
  end(): void {
    this.#socket.end(() => this.#tcp.end());
  }

  /** Breaks TCP off with a reset. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    this.#tcp.destroy();
    if (!this.#tcp.closed) await once(this.#tcp, 'close');
  }

  async #line(): Promise<string> {
    const deadline = AbortSignal.timeout(this.#replyTimeoutMs);
    deadline.addEventListener('abort', () => this.#wake());
    for (;;) {
      const end = this.#received.indexOf('\r\n');
      if (end >= 0) {
        const line = decodeText(withoutTelnet(this.#received.subarray(0, end)));
        this.#received = this.#received.subarray(end + 2);
        return line;
      }
      if (this.#ended) throw new ConnectionEnded('The server ended the connection');
      if (deadline.aborted) throw new Error(`No reply within ${this.#replyTimeoutMs} ms`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #leave(): void {
    for (const event of ['data', 'end', 'close', 'error']) this.#socket.removeAllListeners(event);
    this.#socket.on('error', () => undefined);
    this.#received = Buffer.alloc(0);
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('end', end).on('close', end).on('error', end);
  }
}

/** Without the refusals (IAC DONT x, IAC WONT x) that answer our Telnet options (RFC 1123 section 4.1.2.12). */
function withoutTelnet(line: Buffer): Buffer {
  return /^\xff[\xfc\xfe]/.test(line.toString('latin1')) ? withoutTelnet(line.subarray(3)) : line;
}
