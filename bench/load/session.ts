import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';

/** Where the load goes. */
export interface Target {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const host = '127.0.0.1';

/** The same for every server: TLS 1.3 and one cipher. Certificates are not verified: that would be our time. */
const tls: ConnectionOptions = {
  host,
  // One identity for both channels, or Node does not resume the session of the one on the other.
  servername: 'localhost',
  rejectUnauthorized: false,
  minVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_256_GCM_SHA384',
};

/** Read into again and again: what comes is counted and forgotten. */
const receiveBytes = 256 * 1024;

/** A logged-in control connection that does no more than the load needs, and no checks that a client owes its user. */
export class LoadSession {
  /** How many data connections have continued the TLS session of this one. */
  resumed = 0;
  readonly #socket: TLSSocket;
  #session: Buffer | undefined;
  #received = '';
  #wake: () => void = () => undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
      this.#wake();
    });
    socket.on('session', (session) => {
      this.#session = session;
    });
    socket.on('error', () => this.#wake()).on('close', () => this.#wake());
  }

  /** From TCP to a login with protected data connections, a full TLS handshake and a password check included. */
  static async open({ port, user, password }: Target): Promise<LoadSession> {
    const tcp = connectTcp({ host, port, noDelay: true });
    const ended = new AbortController();
    tcp.once('close', () => ended.abort(new Error('The server ended the connection before TLS was up')));
    const { signal } = ended;
    let greeting = '';
    while (!/^220 .*\r\n/m.test(greeting)) greeting += String((await once(tcp, 'data', { signal }))[0]);
    tcp.write('AUTH TLS\r\n');
    await once(tcp, 'data', { signal });
    const socket = connectTls({ ...tls, socket: tcp });
    const session = new LoadSession(socket);
    await once(socket, 'secureConnect', { signal });
    await session.expect(331, `USER ${user}`);
    await session.expect(230, `PASS ${password}`);
    await session.expect(200, 'PBSZ 0');
    await session.expect(200, 'PROT P');
    await session.expect(200, 'TYPE I');
    return session;
  }

  /** Sends a command, where one is given, and reads the next reply; gives its last line. @throws for another code. */
  async expect(code: number, line?: string): Promise<string> {
    const reply = await this.ask(line);
    if (!reply.startsWith(`${code}`)) throw new Error(`${line ?? 'a transfer'}: ${reply}`);
    return reply;
  }

  async ask(line?: string): Promise<string> {
    if (line !== undefined) this.#socket.write(`${line}\r\n`);
    for (;;) {
      const [reply, last = ''] = /^(?:\d{3}-[^]*?\n)?(\d{3} .*)\r\n/m.exec(this.#received) ?? [];
      if (reply !== undefined) {
        this.#received = this.#received.slice(this.#received.indexOf(reply) + reply.length);
        return last;
      }
      if (this.#socket.destroyed) throw new Error(`The server ended the session at ${line ?? 'a transfer'}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** A download or a listing; gives its bytes. `onData` sees each piece, which is overwritten by the next. */
  async receive(command: string, onData: (piece: Uint8Array) => void = () => undefined): Promise<number> {
    let bytes = 0;
    const callback = (length: number, buffer: Uint8Array) => {
      bytes += length;
      onData(buffer.subarray(0, length));
      return true;
    };
    const data = await this.#data(command, { onread: { buffer: Buffer.allocUnsafe(receiveBytes), callback } });
    await closed(data);
    await this.expect(226);
    return bytes;
  }

  /** An upload of the same piece again and again, until it is `bytes` long. */
  async send(command: string, piece: Uint8Array, bytes: number): Promise<void> {
    const data = await this.#data(command);
    // Session tickets come in: unread they would turn our end of the stream into a reset.
    data.resume();
    for (let left = bytes; left > 0; left -= piece.length) {
      if (!data.write(piece.subarray(0, left))) await once(data, 'drain');
    }
    data.end();
    await closed(data);
    await this.expect(226);
  }

  /** QUIT; resolves when the server has ended the connection. */
  async close(): Promise<void> {
    const gone = closed(this.#socket);
    await this.ask('QUIT');
    this.#socket.end();
    await gone;
  }

  /** Each server begins TLS on the data connection only after the command; each takes a resumed session that it can. */
  async #data(command: string, options: ConnectionOptions & { onread?: object } = {}): Promise<TLSSocket> {
    const port = Number(/\(\|\|\|(\d+)\|\)/.exec(await this.expect(229, 'EPSV'))?.[1]);
    const data = connectTls({ ...tls, ...options, port, ...(this.#session && { session: this.#session }) });
    data.on('session', (session) => {
      this.#session = session;
    });
    data.on('error', () => undefined);
    const secured = once(data, 'secureConnect');
    const [reply] = await Promise.all([this.ask(command), secured]);
    if (!/^1[25]/.test(reply)) throw new Error(`${command}: ${reply}`);
    if (data.isSessionReused()) this.resumed += 1;
    return data;
  }
}

/** However it was closed: some servers reset a connection whose work is done. What matters is in the reply. */
function closed(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}
