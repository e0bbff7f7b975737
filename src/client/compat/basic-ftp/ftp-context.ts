import { Socket } from 'node:net';
import { type ConnectionOptions, TLSSocket } from 'node:tls';
import { background } from '../../../core/index.ts';
import { commandBytes } from '../../command-bytes.ts';
import { clientLimitsWith } from '../../limits.ts';
import { ControlReplies } from './control-replies.ts';
import { charsetOf, type StringEncoding } from './encoding.ts';
import { FTPError, type FTPResponse } from './ftp-error.ts';
import { type ResponseHandler, Task } from './task.ts';
import { startTls } from './tls.ts';

const { closeMs } = clientLimitsWith();

/**
 * The sockets of one client, and the conversation on the control connection: commands out, replies to whoever waits for
 * them. Tasks run one after another. Every event of a socket ends here; none of them throws.
 */
export class FTPContext {
  /** Milliseconds that the server may be silent while something is under way; 0 for any time. */
  readonly timeout: number;
  /** Writes what is said to the console. */
  verbose = false;
  /** 4 or 6 to reach a name by that version of IP alone. */
  ipFamily: number | undefined = undefined;
  /** For TLS of data connections; taken over from the control connection's. */
  tlsOptions: ConnectionOptions = {};
  /** The newest TLS session of the control connection, for data connections to resume. */
  tlsSessionStore: Buffer | undefined = undefined;
  #encoding: StringEncoding;
  #socket: Socket | TLSSocket;
  /** What lies under TLS, else the same. Ended first: TLS that is freed with a write under way crashes (node#62967). */
  #tcp: Socket;
  #replies: ControlReplies;
  #dataSocket: Socket | TLSSocket | undefined;
  readonly #waiting: Task[] = [];
  #running: Task | undefined;
  /** Replies to commands that were sent beside any task, which nobody waits for. */
  #unclaimed = 0;
  #closingError: (Error & { code?: string }) | undefined;

  constructor(timeout = 0, encoding: StringEncoding = 'utf8') {
    this.timeout = timeout;
    this.#encoding = encoding;
    this.#socket = this._newSocket();
    this.#tcp = this.#socket;
    this.#replies = new ControlReplies(charsetOf(encoding).decode);
    this.#listen();
  }

  /** Ends all connections. What is under way fails. */
  close(): void {
    this.closeWithError(new Error(this.#running ? 'User closed client during task' : 'User closed client'));
  }

  /** Ends all connections for this reason, which tasks under way and later ones fail with. The first reason counts. */
  closeWithError(error: Error): void {
    if (this.#closingError) return;
    this.#closingError = error;
    this.#leave();
    this.dataSocket = undefined;
    this.#handOver(error);
    this.#next();
  }

  /** Whether there is no connection. */
  get closed(): boolean {
    return this.#closingError !== undefined || this.#socket.remoteAddress === undefined;
  }

  /** Begins anew with a socket that is not connected. */
  reset(): void {
    this.socket = this._newSocket();
  }

  /** The control connection. Its events may be listened to; what it says is for tasks. */
  get socket(): Socket | TLSSocket {
    return this.#socket;
  }

  /** Another control connection: TLS over the one there is, or a new one, which ends the one there is. */
  set socket(socket: Socket | TLSSocket) {
    const isUpgrade = socket instanceof TLSSocket && socket.localPort === this.#socket.localPort;
    if (isUpgrade) this.#unlisten();
    else this.closeWithError(new Error('The client connects anew'));
    this.dataSocket = undefined;
    this.tlsOptions = {};
    this.tlsSessionStore = undefined;
    this.#socket = socket;
    if (!isUpgrade) this.#tcp = socket;
    this.#closingError = undefined;
    this.#unclaimed = 0;
    this.#replies = new ControlReplies(charsetOf(this.#encoding).decode);
    this.#listen();
  }

  /** Of the transfer that runs or is prepared: TCP, where this library made it. */
  get dataSocket(): Socket | TLSSocket | undefined {
    return this.#dataSocket;
  }

  /** For the next transfer, which brings TLS over it where the control connection has TLS, unless it is TLS already. */
  set dataSocket(socket: Socket | TLSSocket | undefined) {
    this.#dataSocket?.destroy();
    // It may break at any time; whoever uses it hears of that.
    socket?.on('error', ignore);
    this.#dataSocket = socket;
  }

  get encoding(): StringEncoding {
    return this.#encoding;
  }

  /** Of commands, replies and listings, from the next reply on. */
  set encoding(encoding: StringEncoding) {
    this.#encoding = encoding;
    this.#replies = new ControlReplies(charsetOf(encoding).decode);
  }

  get hasTLS(): boolean {
    return 'encrypted' in this.#socket;
  }

  /**
   * Sends a command. Within a task its reply goes to that; beside all tasks nobody gets it, unless the next task sends
   * nothing itself.
   * @throws Error for a command that holds CR, LF or NUL; nothing was sent
   */
  send(command: string): void {
    const shown = command.startsWith('PASS') ? 'PASS ###' : command;
    if (/[\r\n\0]/.test(command)) throw new Error(`Invalid command: Contains control characters. (${shown})`);
    this.log(`> ${shown}`);
    if (!this.#running) this.#unclaimed += 1;
    if (this.#socket.writable) this.#socket.write(commandBytes(command, '', charsetOf(this.#encoding)));
  }

  /** Sends a command and gives the next reply. @throws FTPError */
  request(command: string): Promise<FTPResponse> {
    return this.handle(command, (response, task) => {
      if (response instanceof Error) task.reject(response);
      else task.resolve(response);
    });
  }

  /** Sends a command, or none, and hands replies to the handler until that ends the task. Tasks wait for each other. */
  // oxlint-disable-next-line typescript/no-explicit-any -- What it is depends on the handler; callers read it unchecked.
  async handle(command: string | undefined, responseHandler: ResponseHandler): Promise<any> {
    const task = new Task(command, responseHandler, (ended) => this.#ended(ended));
    this.#waiting.push(task);
    this.#next();
    return task.result;
  }

  /** Hears all that is said, passwords left out. Set it to hear it elsewhere than on the console. */
  log(message: string): void {
    if (this.verbose) console.log(message);
  }

  /**
   * Connects, with TLS from the first byte where there are options for it, and gives the greeting.
   * @internal
   */
  async open(host: string, port: number, tls?: ConnectionOptions): Promise<FTPResponse> {
    this.reset();
    const greeting = this.handle(undefined, (response, task) => {
      if (response instanceof Error) task.reject(response);
      else if (response.code >= 200 && response.code < 300) task.resolve(response);
      // 120 too, which asks for patience.
      else task.reject(new FTPError(response));
    });
    const target = { host, port, ...(this.ipFamily !== undefined && { family: this.ipFamily }) };
    this.#socket.connect(target, () => {
      this.log(`Connected to ${host}:${port}`);
      if (tls) background(this.#upgrade(tls), ignore);
    });
    return greeting;
  }

  /**
   * Sends AUTH and does the handshake, with nothing in between.
   * @internal
   */
  async secure(command: string, options: ConnectionOptions): Promise<FTPResponse> {
    return this.handle(command, (response, task) => {
      if (response instanceof Error) task.reject(response);
      else if (response.code >= 300) task.reject(new FTPError(response));
      else
        this.#upgrade(options).then(
          () => task.resolve(response),
          (error: Error) => task.reject(error),
        );
    });
  }

  /** A new TCP socket. Replace it to connect in another way, through a proxy for instance. */
  _newSocket(): Socket {
    return new Socket();
  }

  /** What came in the clear and was not read must never be taken for something that came in TLS (CVE-2021-22947). */
  async #upgrade(options: ConnectionOptions): Promise<void> {
    const tcp = this.#tcp;
    this.#unlisten();
    try {
      if (this.#replies.discard() || tcp.readableLength > 0) throw new Error(injected);
      const tls = await startTls(tcp, options, this.timeout);
      this.socket = tls;
      this.tlsOptions = options;
    } catch (error) {
      tcp.destroy();
      this.closeWithError(error as Error);
      throw error;
    }
  }

  #next(): void {
    if (this.#running) return;
    const task = this.#waiting.shift();
    if (!task) return;
    this.#running = task;
    if (this.#closingError) {
      this.#handOver(closedBecause(this.#closingError));
      return;
    }
    this.#socket.setTimeout(this.timeout);
    if (!task.command) {
      this.#unclaimed = 0;
      return;
    }
    try {
      this.send(task.command);
    } catch (error) {
      task.reject(error as Error);
    }
  }

  #ended(task: Task): void {
    if (this.#running !== task) return;
    this.#running = undefined;
    this.#socket.setTimeout(0);
    this.#next();
  }

  #handOver(response: Error | FTPResponse): void {
    try {
      this.#running?.take(response);
    } catch (error) {
      // Where the conversation stands is not known any more.
      this.closeWithError(error as Error);
    }
  }

  #listen(): void {
    const socket = this.#socket;
    socket.setTimeout(this.#running ? this.timeout : 0).setKeepAlive(true);
    socket.on('error', ignore).on('error', this.#onError).on('data', this.#onData);
    socket.on('end', this.#onEnd).on('close', this.#onClose).on('timeout', this.#onTimeout);
    if (socket instanceof TLSSocket) socket.on('session', this.#onSession);
  }

  #unlisten(): void {
    const socket = this.#socket;
    socket.setTimeout(0);
    socket.off('error', this.#onError).off('data', this.#onData).off('session', this.#onSession);
    socket.off('end', this.#onEnd).off('close', this.#onClose).off('timeout', this.#onTimeout);
  }

  /** Says QUIT and ends the connection in good order, without waiting for it; for a bounded time. */
  #leave(): void {
    const socket = this.#socket;
    const tcp = this.#tcp;
    this.#unlisten();
    if (!socket.writable || socket.remoteAddress === undefined) {
      tcp.destroy();
      return;
    }
    this.log('> QUIT');
    const timer = setTimeout(() => tcp.destroy(), closeMs);
    socket.once('close', () => clearTimeout(timer)).resume();
    socket.end('QUIT\r\n');
  }

  readonly #onData = (chunk: Buffer): void => {
    const replies = this.#replies;
    const answers = replies.push(chunk);
    if (answers.length > 0) this.#socket.write(answers);
    try {
      // Whoever gets a reply may change the connection: what is left then is not for the new one.
      while (replies === this.#replies && !this.#closingError) {
        const response = replies.next();
        if (!response) return;
        this.log(`< ${response.message}`);
        this.#deliver(response);
      }
    } catch {
      this.closeWithError(new Error('FTP control response exceeded maximum allowed size'));
    }
  };

  #deliver(response: FTPResponse): void {
    if (this.#unclaimed > 0) {
      if (response.code >= 200) this.#unclaimed -= 1;
      return;
    }
    this.#handOver(response.code >= 400 ? new FTPError(response) : response);
  }

  readonly #onSession = (session: Buffer): void => {
    this.tlsSessionStore = session;
  };

  readonly #onError = (error: Error): void => {
    error.message += ' (control socket)';
    this.closeWithError(error);
  };

  readonly #onEnd = (): void => {
    this.closeWithError(new Error('Server sent FIN packet unexpectedly, closing connection.'));
  };

  readonly #onClose = (): void => {
    this.closeWithError(new Error('Server closed connection unexpectedly.'));
  };

  readonly #onTimeout = (): void => {
    this.#tcp.destroy();
    this.closeWithError(new Error('Timeout (control socket)'));
  };
}

const injected = 'The server sent something in the clear behind its answer to AUTH';

function ignore(): void {
  // An error nobody waits for: the socket's end tells those who do.
}

function closedBecause(reason: Error & { code?: string }): Error {
  const error = new Error(`Client is closed because ${reason.message}`, { cause: reason });
  return Object.assign(error, { code: reason.code ?? '0' });
}
