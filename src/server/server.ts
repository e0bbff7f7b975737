import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { background, type EventSink, type ListenerMode } from '../core/index.ts';
import { formatReply, reply } from '../protocol/index.ts';
import { ControlChannel } from '../transport/index.ts';
import { COMMANDS } from './commands/index.ts';
import { converse } from './conversation.ts';
import { CountedPlaces } from './counted-places.ts';
import type { ListenerOptions, ReloadableOptions, ServerOptions } from './options.ts';
import { Session } from './session.ts';
import { type Settings, settingsFrom } from './settings.ts';

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

/** An FTPS server. Give it to `await using`, or call `drain` to end it in good order. */
export class FtpServer implements AsyncDisposable {
  #options: ServerOptions;
  readonly #sessions = new Map<Session, Promise<void>>();
  readonly #listeners: Server[] = [];
  readonly #perAddress = new CountedPlaces();
  readonly #publish: EventSink;
  #settings: Settings;
  #isDraining = false;

  /** @throws when the TLS settings cannot serve: no certificate, a key that does not match, ... */
  constructor(options: ServerOptions) {
    this.#options = options;
    this.#publish = options.onEvent ?? (() => {});
    this.#settings = settingsFrom(options, this.#publish);
  }

  /** Sessions that are open now. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Opens every listener, or none. @throws ListenError */
  async listen(): Promise<readonly ListeningAddress[]> {
    try {
      const addresses: ListeningAddress[] = [];
      for (const listener of this.#options.listeners) addresses.push(await this.#open(listener));
      for (const address of addresses) this.#publish({ event: 'listening', ...address });
      return addresses;
    } catch (error) {
      await this.#closeListeners();
      throw error;
    }
  }

  /**
   * Changes certificates and rules for the sessions that begin from now on; those that are open keep theirs, and their
   * data connections go on working. Absent options keep their value.
   * @throws what the constructor throws; then nothing has changed.
   */
  reload(changes: Partial<ReloadableOptions>): void {
    const options = { ...this.#options, ...changes };
    this.#settings = settingsFrom(options, this.#publish, this.#settings);
    this.#options = options;
  }

  /** Takes no new sessions, sends the idle away (421), lets running transfers end within `drainMs`, and closes. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#publish({ event: 'draining', sessions: this.#sessions.size });
    // It accepts no more at once, but resolves only when the last connection is gone.
    const closed = this.#closeListeners();
    const deadline = AbortSignal.timeout(this.#settings.limits.drainMs);
    await Promise.all([...this.#sessions].map(([session, ended]) => this.#finish(session, ended, deadline)));
    await closed;
    this.#publish({ event: 'stopped' });
  }

  /** Ends everything now. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDraining = true;
    const closed = this.#closeListeners();
    await Promise.all([...this.#sessions].map(([session, ended]) => endNow(session, ended)));
    await closed;
  }

  async #open(listener: ListenerOptions): Promise<ListeningAddress> {
    const server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(listener.mode, socket),
    );
    this.#listeners.push(server);
    server.listen({ port: listener.port, ...(listener.address !== undefined && { host: listener.address }) });
    await once(server, 'listening').catch((error) => {
      throw new ListenError(listener, error);
    });
    server.on('error', (error) => this.#publish({ event: 'warning', message: 'A listener failed', error }));
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('A TCP listener without an address');
    return { mode: listener.mode, address: bound.address, port: bound.port };
  }

  #accept(mode: ListenerMode, socket: Socket): void {
    const settings = this.#settings;
    const id = randomBytes(6).toString('hex');
    const channel = new ControlChannel(socket, settings.limits);
    const session = new Session({ id, mode, channel, settings, commands: COMMANDS });
    const refusal = this.#refusalOf(session);
    const places = settings.limits.maxConnectionsPerAddress;
    const free = refusal === undefined ? this.#perAddress.take(channel.peer.address, places) : undefined;
    if (!free) {
      this.#sendAway(session, refusal ?? 'Too many connections from your address');
      return;
    }
    const ended = converse(session).finally(() => {
      free();
      this.#sessions.delete(session);
    });
    this.#sessions.set(session, ended);
  }

  #refusalOf({ peer, settings }: Session): string | undefined {
    if (this.#isDraining) return 'The server is going down';
    if (this.#sessions.size >= settings.limits.maxConnections) return 'Too many connections';
    return settings.gatekeeper.welcome(peer)?.message;
  }

  /** Without a word on an implicit listener, where only TLS is understood. */
  #sendAway(session: Session, reason: string): void {
    const { channel, mode, settings } = session;
    session.publish({ event: 'session.refused', address: channel.peer.address, reason });
    if (mode === 'implicit') {
      channel.destroy();
      return;
    }
    const sent = channel.close(formatReply(reply(421, reason)), settings.limits.refusalFlushMs);
    background(sent, (error) => session.publish({ event: 'failure', error }));
  }

  async #finish(session: Session, ended: Promise<void>, deadline: AbortSignal): Promise<void> {
    const giveUp = () => session.channel.destroy();
    deadline.addEventListener('abort', giveUp, { once: true });
    await session.leave();
    await ended;
    deadline.removeEventListener('abort', giveUp);
  }

  async #closeListeners(): Promise<void> {
    const open = this.#listeners.splice(0);
    await Promise.all(open.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }
}

/** A server for the given options. It listens once `listen` is called. */
export function createServer(options: ServerOptions): FtpServer {
  return new FtpServer(options);
}

async function endNow(session: Session, ended: Promise<void>): Promise<void> {
  session.closeReason ??= 'server stopped';
  session.channel.destroy();
  await ended;
}
