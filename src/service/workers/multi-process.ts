import { limitsWith, type SessionInfo } from '../../core/index.ts';
import { Acceptor, type AcceptorRules, type ListeningPlace, NO_SESSIONS } from '../../server/index.ts';
import { createTlsIdentity } from '../../transport/index.ts';
import type { FrontEnd, FrontEndState, LiveView } from '../front-end.ts';
import type { PlainOptions } from '../server-options.ts';
import { StartError } from '../start-error.ts';
import { WorkerPool, type WorkerPoolParts } from './worker-pool.ts';

/** The service with several processes: this one has the listeners and the shared counts, and workers run the sessions. */
export class MultiProcess implements FrontEnd {
  readonly #parts: WorkerPoolParts;
  readonly #pool: WorkerPool;
  #rules: AcceptorRules;
  #acceptor: Acceptor | undefined;

  /** @throws TlsSettingsError */
  constructor(parts: WorkerPoolParts) {
    this.#parts = parts;
    this.#pool = new WorkerPool(parts);
    this.#rules = this.#rulesOf(parts.options);
  }

  async listen(listeners: readonly ListeningPlace[]) {
    this.#acceptor = new Acceptor({
      listeners,
      rules: () => this.#rules,
      receive: (connection) => this.#pool.receive(connection),
      sessions: this.#parts.shared.sessions,
      publish: this.#parts.events.publish,
    });
    return this.#acceptor.listen();
  }

  async begin(): Promise<void> {
    try {
      await this.#pool.begin();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new StartError(`A worker process can't serve: ${why}`, { cause });
    }
  }

  reload(options: PlainOptions): void {
    this.#rules = this.#rulesOf(options);
    this.#pool.reload(options);
  }

  tellRecords(): void {
    this.#pool.tellRecords();
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return (await this.#pool.liveView()).sessions;
  }

  liveView(): Promise<LiveView> {
    return this.#pool.liveView();
  }

  endSession(session: string, reason: string, told?: string): Promise<boolean> {
    return this.#pool.endSession(session, reason, told);
  }

  async state(): Promise<FrontEndState> {
    const { isListening = false, sessionCounts: sessions = NO_SESSIONS } = this.#acceptor ?? {};
    return { isListening, sessions, ...(await this.#pool.state()) };
  }

  async drain(): Promise<void> {
    const { publish } = this.#parts.events;
    publish({ event: 'draining', sessions: this.#pool.sessionCount });
    const closed = this.#acceptor?.close();
    await this.#pool.drain();
    await closed;
    publish({ event: 'stopped' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#acceptor?.close();
    await this.#pool[Symbol.asyncDispose]();
    await closed;
  }

  /** Checks the options and logs their warnings here, once for all. Workers do not check the options that they get. */
  #rulesOf(options: PlainOptions): AcceptorRules {
    const limits = limitsWith(options.limits);
    const { warnings } = createTlsIdentity(options.tls, limits);
    for (const message of warnings) this.#parts.events.publish({ event: 'warning', message });
    return { limits, welcome: (peer) => this.#parts.shared.admission.welcome(peer) ?? this.#pool.welcome() };
  }
}
