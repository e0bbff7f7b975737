import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import {
  background,
  type ConnectionRefusal,
  type Gatekeeper,
  type Limits,
  type ListenerMode,
  type Publish,
  type SessionOrigin,
} from '../core/index.ts';
import { formatReply, reply } from '../protocol/index.ts';
import { ControlChannel, peerOf } from '../transport/index.ts';
import { KeyedLimiter } from './concurrency-limiter.ts';
import type { OpenSessions } from './open-sessions.ts';

/** Where connections of one kind are accepted. */
export interface ListeningPlace {
  readonly mode: ListenerMode;
  /** 0: any free port. */
  readonly port: number;
  /** Absent: every address of the machine, IPv4 and IPv6. */
  readonly address?: string;
}

/** Where a listener is, once it listens. */
export interface ListeningAddress {
  readonly mode: ListenerMode;
  readonly address: string;
  readonly port: number;
}

/** How many sessions are open, by the mode of their listener. */
export type SessionCounts = { readonly [mode in ListenerMode]: number };
export const NO_SESSIONS: SessionCounts = { explicit: 0, implicit: 0, sftp: 0, web: 0 };

/** A listener could not be opened; `cause` is the system's error, `code` its code (EACCES, EADDRINUSE, ...). */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;
  readonly listener: ListeningPlace;

  constructor(listener: ListeningPlace, cause: NodeJS.ErrnoException) {
    super(`Cannot listen on port ${listener.port} (${listener.mode}): ${cause.code ?? cause.message}`, { cause });
    this.code = cause.code ?? 'UNKNOWN';
    this.listener = listener;
  }
}

/** An accepted connection. Nothing has been read from it or sent on it. */
export interface Connection {
  /** The id of the session on this connection. The process uses each id once. */
  readonly session: string;
  /** The index of its listener. */
  readonly listener: number;
  readonly mode: ListenerMode;
  readonly socket: Socket;
}

/** `closed`: the session ended and published that. `lost`: its process ended first and published nothing. */
export type SessionEnd = 'closed' | 'lost';

/** The rules that a reload may change while the acceptor is open. */
export interface AcceptorRules {
  readonly limits: Limits;
  readonly welcome: Gatekeeper['welcome'];
}

export interface AcceptorParts {
  readonly listeners: readonly ListeningPlace[];
  /** Called for each connection. */
  readonly rules: () => AcceptorRules;
  /** Runs the session of a connection. Resolves when the session has ended; only then its connection no longer counts. */
  readonly receive: (connection: Connection) => Promise<SessionEnd>;
  /** The acceptor registers each session here for as long as it is open. */
  readonly sessions: OpenSessions;
  readonly publish: Publish;
}

/**
 * Opens the listeners and accepts connections. It refuses banned addresses and limits the connections in total and per
 * address. The sessions may run elsewhere, also in another process.
 */
export class Acceptor {
  readonly #parts: AcceptorParts;
  readonly #listeners: Server[] = [];
  readonly #perAddress = new KeyedLimiter();
  readonly #sessions = { ...NO_SESSIONS };
  #lastSession = randomBytes(SESSION_BYTES).readUIntBE(0, SESSION_BYTES);
  #isClosed = false;

  constructor(parts: AcceptorParts) {
    this.#parts = parts;
  }

  /** Whether every listener is open, and connections are accepted. */
  get isListening(): boolean {
    return !this.#isClosed && this.#listeners.length > 0 && this.#listeners.every(({ listening }) => listening);
  }

  /** Open sessions, by the mode of their listener. */
  get sessionCounts(): SessionCounts {
    return { ...this.#sessions };
  }

  /** Opens every listener, or none. @throws ListenError */
  async listen(): Promise<readonly ListeningAddress[]> {
    try {
      const addresses: ListeningAddress[] = [];
      for (const [index, listener] of this.#parts.listeners.entries())
        addresses.push(await this.#open(listener, index));
      for (const address of addresses) this.#parts.publish({ event: 'listening', ...address });
      return addresses;
    } catch (error) {
      await this.#closeListeners();
      throw error;
    }
  }

  /** Accepts nothing from now on. Resolves only when the last connection has closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#closeListeners();
  }

  async #open(listener: ListeningPlace, index: number): Promise<ListeningAddress> {
    const server = createTcpServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) =>
      this.#accept(listener.mode, index, socket),
    );
    this.#listeners.push(server);
    server.listen({ port: listener.port, ...(listener.address !== undefined && { host: listener.address }) });
    await once(server, 'listening').catch((error) => {
      throw new ListenError(listener, error);
    });
    server.on('error', (error) => this.#parts.publish({ event: 'warning', message: 'A listener failed', error }));
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('A TCP listener without an address');
    return { mode: listener.mode, address: bound.address, port: bound.port };
  }

  #accept(mode: ListenerMode, listener: number, socket: Socket): void {
    const rules = this.#parts.rules();
    const connection = { session: this.#nextSession(), listener, mode, socket };
    const { address, port } = peerOf(socket);
    const refusal = this.#refusalOf({ session: connection.session, protocol: protocolOf(mode), address, port }, rules);
    const limit = rules.limits.maxConnectionsPerAddress;
    const free = refusal === undefined ? this.#perAddress.take(address, limit) : undefined;
    if (free) background(this.#serve(connection, free), () => undefined);
    else this.#sendAway(connection, refusal ?? FULL_FOR_ADDRESS, rules.limits);
  }

  #refusalOf(peer: Parameters<Gatekeeper['welcome']>[0], { limits, welcome }: AcceptorRules): SendingAway | undefined {
    if (this.#isClosed) return DRAINING;
    const open = Object.values(this.#sessions).reduce((sum, count) => sum + count);
    if (open >= limits.maxConnections) return FULL;
    const refusal = welcome(peer);
    return refusal && { code: refusal.refused, reason: refusal.message };
  }

  async #serve(connection: Connection, free: () => void): Promise<void> {
    const { sessions, publish } = this.#parts;
    const { mode } = connection;
    const { address } = peerOf(connection.socket);
    const origin = originOf(connection, address);
    this.#sessions[mode] += 1;
    sessions.begin(connection.session, address);
    const began = performance.now();
    try {
      const end = await this.#parts.receive(connection);
      const durationMs = Math.round(performance.now() - began);
      if (end === 'lost') publish({ event: 'session.closed', reason: 'its process ended', durationMs, ...origin });
    } catch (error) {
      connection.socket.destroy();
      publish({ event: 'failure', error, ...origin });
    } finally {
      sessions.end(connection.session);
      this.#sessions[mode] -= 1;
      free();
    }
  }

  /** Ids count up because TLS tickets carry them: a random id might repeat and let one session resume the TLS of another. */
  #nextSession(): string {
    this.#lastSession = (this.#lastSession + 1) % 2 ** (8 * SESSION_BYTES);
    return this.#lastSession.toString(16).padStart(2 * SESSION_BYTES, '0');
  }

  /** Only explicit FTP sends a 421: clients of implicit FTP and of the web understand only TLS, and those of SFTP only SSH. */
  #sendAway(connection: Connection, { code, reason }: SendingAway, limits: Limits): void {
    const { mode, socket } = connection;
    const channel = new ControlChannel(socket, limits);
    const { publish } = this.#parts;
    const origin = originOf(connection, channel.peer.address);
    publish({ event: 'session.refused', code, reason, ...origin });
    if (mode !== 'explicit') {
      channel.destroy();
      return;
    }
    const sent = channel.close(formatReply(reply(421, reason)), limits.refusalFlushMs);
    background(sent, (error) => publish({ event: 'failure', error, ...origin }));
  }

  async #closeListeners(): Promise<void> {
    const open = this.#listeners.splice(0);
    await Promise.all(open.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }
}

const SESSION_BYTES = 6;

interface SendingAway {
  readonly code: ConnectionRefusal;
  readonly reason: string;
}

const DRAINING: SendingAway = { code: 'draining', reason: 'The server is going down' };
const FULL: SendingAway = { code: 'full', reason: 'Too many connections' };
const FULL_FOR_ADDRESS: SendingAway = { code: 'full-for-address', reason: 'Too many connections from your address' };

function originOf({ session, mode }: Connection, address: string): SessionOrigin {
  return { session, protocol: protocolOf(mode), address };
}

/** What is spoken at a listener. */
export function protocolOf(mode: ListenerMode): 'ftp' | 'sftp' | 'web' {
  return mode === 'explicit' || mode === 'implicit' ? 'ftp' : mode;
}
