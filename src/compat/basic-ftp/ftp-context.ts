import { Socket } from 'node:net';
import { type ConnectionOptions, TLSSocket } from 'node:tls';
import { background } from '../../core/index.ts';
import { formatCommandLine } from '../../protocol/index.ts';
import { ControlReplies } from './control-replies.ts';
import { ControlSocket } from './control-socket.ts';
import { charsetOf, type StringEncoding } from './encoding.ts';
import { closedBecause, FTPError, type FTPResponse } from './ftp-error.ts';
import { type ResponseHandler, Task } from './task.ts';
import { startTls } from './tls.ts';

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
  #control: ControlSocket;
  /** What the server was asked for by, which its certificate has to name. */
  #host: string | undefined;
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
    this.#control = this.#controlOver(this._newSocket());
    this.#replies = new ControlReplies(charsetOf(encoding).decode);
  }

  /** Ends all connections. What is under way fails. */
  close(): void {
    this.closeWithError(new Error(this.#running ? 'User closed client during task' : 'User closed client'));
  }

  /** Ends all connections for this reason, which tasks under way and later ones fail with. The first reason counts. */
  closeWithError(error: Error): void {
    if (this.#closingError) return;
    this.#closingError = error;
    if (this.#control.isOpen) this.#tell('> QUIT');
    this.#control.leave(Buffer.from('QUIT\r\n'));
    this.dataSocket = undefined;
    this.#handOver(error);
    this.#next();
  }

  /** Whether there is no connection. */
  get closed(): boolean {
    return this.#closingError !== undefined || this.socket.remoteAddress === undefined;
  }

  /** Begins anew with a socket that is not connected. */
  reset(): void {
    this.socket = this._newSocket();
  }

  /** The control connection. Its events may be listened to; what it says is for tasks. */
  get socket(): Socket | TLSSocket {
    return this.#control.socket;
  }

  /** Another control connection: TLS over the one there is, or a new one, which ends the one there is. */
  set socket(socket: Socket | TLSSocket) {
    const isUpgrade = socket instanceof TLSSocket && socket.localPort === this.socket.localPort;
    if (isUpgrade) this.#control.release();
    else this.closeWithError(new Error('The client connects anew'));
    this.dataSocket = undefined;
    this.tlsOptions = {};
    this.tlsSessionStore = undefined;
    this.#control = isUpgrade ? this.#control.secured(socket) : this.#controlOver(socket);
    this.#closingError = undefined;
    this.#unclaimed = 0;
    this.#replies = new ControlReplies(charsetOf(this.#encoding).decode);
    if (this.#running) socket.setTimeout(this.timeout);
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
    return 'encrypted' in this.socket;
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
    this.#control.write(formatCommandLine(command, charsetOf(this.#encoding)));
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
    this.#host = host;
    const greeting = this.handle(undefined, (response, task) => {
      const isReady = !(response instanceof Error) && response.code >= 200 && response.code < 300;
      if (isReady) task.resolve(response);
      // 120 too, which asks for patience.
      else task.reject(response instanceof Error ? response : new FTPError(response));
    });
    const target = { host, port, ...(this.ipFamily !== undefined && { family: this.ipFamily }) };
    this.socket.connect(target, () => {
      this.#tell(`Connected to ${host}:${port}`);
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

  /** Where nobody could catch what a caller's `log` throws. */
  #tell(message: string): void {
    try {
      this.log(message);
    } catch {
      // The conversation is more than its log.
    }
  }

  /** What came in the clear and was not read must never be taken for something that came in TLS (CVE-2021-22947). */
  async #upgrade(options: ConnectionOptions): Promise<void> {
    const clear = this.#control.release();
    try {
      if (this.#replies.discard() || clear.readableLength > 0) throw new Error(injected);
      // On data connections too: Node resumes a session for the same name only (CVE-2026-48934).
      const named = { ...options, host: options.host ?? this.#host ?? 'localhost' };
      this.socket = await startTls(clear, named, this.timeout);
      this.tlsOptions = named;
    } catch (error) {
      this.closeWithError(error as Error);
      throw error;
    }
  }

  #controlOver(socket: Socket): ControlSocket {
    return new ControlSocket(socket, socket, {
      onData: (chunk) => this.#read(chunk),
      onSession: (session) => {
        this.tlsSessionStore = session;
      },
      onOver: (reason) => this.closeWithError(reason),
    });
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
    this.socket.setTimeout(this.timeout);
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
    this.socket.setTimeout(0);
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

  #read(chunk: Buffer): void {
    const replies = this.#replies;
    this.#control.write(replies.push(chunk));
    try {
      // Whoever gets a reply may change the connection: what is left then is not for the new one.
      while (replies === this.#replies && !this.#closingError) {
        const response = replies.next();
        if (!response) return;
        this.#tell(`< ${response.message}`);
        this.#deliver(response);
      }
    } catch {
      this.closeWithError(new Error('FTP control response exceeded maximum allowed size'));
    }
  }

  #deliver(response: FTPResponse): void {
    if (this.#unclaimed > 0) {
      if (response.code >= 200) this.#unclaimed -= 1;
      return;
    }
    this.#handOver(response.code >= 400 ? new FTPError(response) : response);
  }
}

const injected = 'The server sent something in the clear behind its answer to AUTH';

function ignore(): void {
  // An error nobody waits for: the socket's end tells those who do.
}
