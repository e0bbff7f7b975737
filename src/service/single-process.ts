import type { SessionInfo } from '../core/index.ts';
import { createServer, type FtpServer, type ListenerOptions, type ServerOptions } from '../server/index.ts';
import type { FrontEnd, FrontEndState, LiveView } from './front-end.ts';

const NONE = { explicit: 0, implicit: 0 };

/** Listeners and sessions run in this process. */
export class SingleProcess implements FrontEnd {
  readonly #options: Omit<ServerOptions, 'listeners'>;
  #server: FtpServer | undefined;

  constructor(options: Omit<ServerOptions, 'listeners'>) {
    this.#options = options;
  }

  async listen(listeners: readonly ListenerOptions[]) {
    const server = createServer({ ...this.#options, listeners });
    try {
      const addresses = await server.listen();
      this.#server = server;
      return addresses;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  async begin(): Promise<void> {}

  reload(options: Parameters<FrontEnd['reload']>[0]): void {
    this.#server?.reload(options);
  }

  /** Its sessions ask each time. */
  tellRecords(): void {}

  async sessions(): Promise<readonly SessionInfo[]> {
    return (await this.#server?.sessions()) ?? [];
  }

  async liveView(): Promise<LiveView> {
    return { sessions: await this.sessions(), workers: [] };
  }

  async endSession(session: string, reason: string, told?: string): Promise<boolean> {
    return (await this.#server?.endSession(session, reason, told)) ?? false;
  }

  async state(): Promise<FrontEndState> {
    const { isListening = false, sessionCounts: sessions = NONE, transferCounts } = this.#server ?? {};
    return {
      isListening,
      sessions,
      processes: transferCounts ? [{ process: 'primary', transfers: transferCounts }] : [],
    };
  }

  async drain(): Promise<void> {
    await this.#server?.drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}
