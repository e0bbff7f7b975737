import type { Publish, SessionInfo, SessionList, TransferCounts } from '../core/index.ts';
import { TicketKeys } from '../transport/index.ts';
import { Acceptor, type ListeningAddress, type SessionCounts } from './acceptor.ts';
import { OpenSessions } from './open-sessions.ts';
import type { ReloadableOptions, ServerOptions } from './options.ts';
import { SessionHost } from './session-host.ts';

/** An FTPS server. Give it to `await using`, or call `drain` to end it in good order. */
export class FtpServer implements SessionList, AsyncDisposable {
  readonly #acceptor: Acceptor;
  readonly #host: SessionHost;
  readonly #publish: Publish;

  /** @throws when the TLS settings cannot serve: no certificate, a key that does not match, ... */
  constructor(options: ServerOptions) {
    const publish = options.publish ?? (() => {});
    const sessions = new OpenSessions();
    const host = new SessionHost({
      options,
      publish,
      records: options.records,
      receipts: options.receipts,
      sessions,
      ticketKeys: new TicketKeys(),
    });
    this.#publish = publish;
    this.#host = host;
    this.#acceptor = new Acceptor({
      listeners: options.listeners,
      rules: () => ({ limits: host.settings.limits, welcome: (peer) => host.settings.gatekeeper.welcome(peer) }),
      async receive(connection) {
        await host.receive(connection);
        return 'closed';
      },
      sessions,
      publish,
    });
    this.#warn();
  }

  /** Sessions that are open now. */
  get sessionCount(): number {
    return this.#host.sessionCount;
  }

  /** The same, by the mode of their listener. */
  get sessionCounts(): SessionCounts {
    return this.#acceptor.sessionCounts;
  }

  /** Transfers that run now. */
  get transferCounts(): TransferCounts {
    return this.#host.transferCounts;
  }

  /** Whether every listener is open, and connections are accepted. */
  get isListening(): boolean {
    return this.#acceptor.isListening;
  }

  sessions(): Promise<readonly SessionInfo[]> {
    return this.#host.sessions();
  }

  endSession(session: string, reason: string, told?: string): Promise<boolean> {
    return this.#host.endSession(session, reason, told);
  }

  /** Opens every listener, or none. @throws ListenError */
  listen(): Promise<readonly ListeningAddress[]> {
    return this.#acceptor.listen();
  }

  /**
   * Changes certificates and rules for the sessions that begin from now on; those that are open keep theirs, and their
   * data connections go on working. Absent options keep their value.
   * @throws what the constructor throws; then nothing has changed.
   */
  reload(changes: Partial<ReloadableOptions>): void {
    this.#host.reload(changes);
    this.#warn();
  }

  /** Takes no new sessions, sends the idle away (421), lets running transfers end within `drainMs`, and closes. */
  async drain(): Promise<void> {
    this.#publish({ event: 'draining', sessions: this.sessionCount });
    const closed = this.#acceptor.close();
    await this.#host.drain();
    await closed;
    this.#publish({ event: 'stopped' });
  }

  /** Ends everything now. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#acceptor.close();
    await this.#host[Symbol.asyncDispose]();
    await closed;
  }

  #warn(): void {
    for (const message of this.#host.settings.tls.warnings) this.#publish({ event: 'warning', message });
  }
}

/** A server for the given options. It listens once `listen` is called. */
export function createServer(options: ServerOptions): FtpServer {
  return new FtpServer(options);
}
