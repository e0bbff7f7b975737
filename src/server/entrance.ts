import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import {
  background,
  type Gatekeeper,
  type Limits,
  type ListenerMode,
  type Publish,
  type SessionOrigin,
} from '../core/index.ts';
import { formatReply, reply } from '../protocol/index.ts';
import { ControlChannel, peerOf } from '../transport/index.ts';
import { CountedPlaces } from './counted-places.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { ListenerOptions } from './options.ts';

/** Where a listener is, once it listens. */
export interface ListeningAddress {
  readonly mode: ListenerMode;
  readonly address: string;
  readonly port: number;
}

/** A listener could not be opened; `cause` is the system's error, `code` its code (EACCES, EADDRINUSE, ...). */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;
  readonly listener: ListenerOptions;

  constructor(listener: ListenerOptions, cause: NodeJS.ErrnoException) {
    super(`Cannot listen on port ${listener.port} (${listener.mode}): ${cause.code ?? cause.message}`, { cause });
    this.code = cause.code ?? 'UNKNOWN';
    this.listener = listener;
  }
}

/** A connection that was let in: not a byte was read from it, nor sent. */
export interface Connection {
  /** The name of the session that it begins: used once as long as the process lives. */
  readonly session: string;
  /** The listener that it came to, by its place among them. */
  readonly listener: number;
  readonly mode: ListenerMode;
  readonly socket: Socket;
}

/** How a session ended: in its own way, which was published; or its process did, without a word. */
export type SessionEnd = 'closed' | 'lost';

/** What may change while an entrance is open. */
export interface EntranceRules {
  readonly limits: Limits;
  readonly welcome: Gatekeeper['welcome'];
}

export interface EntranceParts {
  readonly listeners: readonly ListenerOptions[];
  /** Asked at each connection. */
  readonly rules: () => EntranceRules;
  /** Leads the session of a connection; resolves when that has ended, whereupon its place is free. */
  readonly receive: (connection: Connection) => Promise<SessionEnd>;
  /** Told which sessions are open. */
  readonly sessions: OpenSessions;
  readonly publish: Publish;
}

/**
 * The listeners of a server, and who may come in: it asks for bans, counts connections in all and of each address, and
 * turns away who is too many. The sessions may live elsewhere, in another process too.
 */
export class Entrance {
  readonly #parts: EntranceParts;
  readonly #listeners: Server[] = [];
  readonly #perAddress = new CountedPlaces();
  #connections = 0;
  #lastSession = randomBytes(SESSION_BYTES).readUIntBE(0, SESSION_BYTES);
  #isClosed = false;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
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

  /** Lets nobody in from now on; resolves only when the last connection is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#closeListeners();
  }

  async #open(listener: ListenerOptions, index: number): Promise<ListeningAddress> {
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
    const refusal = this.#refusalOf({ session: connection.session, protocol: 'ftp', address, port }, rules);
    const places = rules.limits.maxConnectionsPerAddress;
    const free = refusal === undefined ? this.#perAddress.take(address, places) : undefined;
    if (free) background(this.#serve(connection, free), () => undefined);
    else this.#sendAway(connection, refusal ?? 'Too many connections from your address', rules.limits);
  }

  #refusalOf(peer: Parameters<Gatekeeper['welcome']>[0], { limits, welcome }: EntranceRules): string | undefined {
    if (this.#isClosed) return 'The server is going down';
    if (this.#connections >= limits.maxConnections) return 'Too many connections';
    return welcome(peer)?.message;
  }

  async #serve(connection: Connection, free: () => void): Promise<void> {
    const { sessions, publish } = this.#parts;
    const { address } = peerOf(connection.socket);
    const origin = originOf(connection.session, address);
    this.#connections += 1;
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
      this.#connections -= 1;
      free();
    }
  }

  /** TLS tickets bear it: at random, one might come twice, and open what belongs to another. */
  #nextSession(): string {
    this.#lastSession = (this.#lastSession + 1) % 2 ** (8 * SESSION_BYTES);
    return this.#lastSession.toString(16).padStart(2 * SESSION_BYTES, '0');
  }

  /** Without a word on an implicit listener, where only TLS is understood. */
  #sendAway({ session, mode, socket }: Connection, reason: string, limits: Limits): void {
    const channel = new ControlChannel(socket, limits);
    const { publish } = this.#parts;
    const origin = originOf(session, channel.peer.address);
    publish({ event: 'session.refused', reason, ...origin });
    if (mode === 'implicit') {
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

function originOf(session: string, address: string): SessionOrigin {
  return { session, protocol: 'ftp', address };
}
