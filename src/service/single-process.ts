import type { SessionInfo } from '../core/index.ts';
import { Acceptor, type ListeningPlace, NO_SESSIONS, TicketKeys } from '../server/index.ts';
import type { FrontEnd, FrontEndState, LiveView } from './front-end.ts';
import type { PlainOptions } from './server-options.ts';
import { SessionHosts, type SessionHostsParts } from './session-hosts.ts';
import type { SharedHere } from './shared.ts';

interface SingleProcessParts extends Omit<SessionHostsParts, 'shared' | 'ticketKeys'> {
  readonly shared: SharedHere;
}

/** Listeners and sessions run in this process. */
export class SingleProcess implements FrontEnd {
  readonly #parts: SingleProcessParts;
  readonly #hosts: SessionHosts;
  #acceptor: Acceptor | undefined;

  private constructor(parts: SingleProcessParts, hosts: SessionHosts) {
    this.#parts = parts;
    this.#hosts = hosts;
    this.#warn();
  }

  /** @throws TlsSettingsError, MissingSshError */
  static async open(parts: SingleProcessParts): Promise<SingleProcess> {
    return new SingleProcess(parts, await SessionHosts.open({ ...parts, ticketKeys: new TicketKeys() }));
  }

  async listen(listeners: readonly ListeningPlace[]) {
    const { publish, shared } = this.#parts;
    const hosts = this.#hosts;
    const acceptor = new Acceptor({
      listeners,
      rules() {
        const { limits, gatekeeper } = hosts.ftpSettings;
        return { limits, welcome: (peer) => gatekeeper.welcome(peer) };
      },
      async receive(connection) {
        await hosts.receive(connection);
        return 'closed';
      },
      sessions: shared.sessions,
      publish,
    });
    const addresses = await acceptor.listen();
    this.#acceptor = acceptor;
    return addresses;
  }

  async begin(): Promise<void> {}

  reload(options: PlainOptions): void {
    this.#hosts.reload(options);
    this.#warn();
  }

  /** Its sessions ask each time. */
  tellRecords(): void {}

  sessions(): Promise<readonly SessionInfo[]> {
    return this.#hosts.sessions();
  }

  async liveView(): Promise<LiveView> {
    return { sessions: await this.sessions(), workers: [] };
  }

  endSession(session: string, reason: string, told?: string): Promise<boolean> {
    return this.#hosts.endSession(session, reason, told);
  }

  async state(): Promise<FrontEndState> {
    const { isListening = false, sessionCounts: sessions = NO_SESSIONS } = this.#acceptor ?? {};
    return { isListening, sessions, processes: [{ process: 'primary', transfers: this.#hosts.transferCounts }] };
  }

  async drain(): Promise<void> {
    const { publish } = this.#parts;
    publish({ event: 'draining', sessions: this.#hosts.sessionCount });
    const closed = this.#acceptor?.close();
    await this.#hosts.drain();
    await closed;
    publish({ event: 'stopped' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#acceptor?.close();
    await this.#hosts[Symbol.asyncDispose]();
    await closed;
  }

  #warn(): void {
    for (const message of this.#hosts.ftpSettings.tls.warnings) this.#parts.publish({ event: 'warning', message });
  }
}
