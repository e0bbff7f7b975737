import { background } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { ControlConnection } from './connection.ts';

/**
 * Keeps routers and firewalls from forgetting the control connection while a long transfer runs, by NOOP now and then.
 * Servers answer it at once, or behind the transfer, or never: answers are counted, so that none is taken for another's.
 */
export class KeepAlive {
  readonly #connection: ControlConnection;
  #timer: NodeJS.Timeout | undefined;
  #unanswered = 0;

  constructor(connection: ControlConnection) {
    this.#connection = connection;
  }

  start(): void {
    const { limits } = this.#connection.settings;
    this.#timer = setInterval(() => this.#beat(), limits.keepAliveMs);
  }

  /** Sends no more of them. */
  pause(): void {
    clearInterval(this.#timer);
  }

  /** Whether a reply belongs to a NOOP: no transfer ends with 200, and none with "not now" or "not known". */
  takes({ code }: Reply): boolean {
    if (this.#unanswered === 0 || !(code === 200 || (code >= 500 && code <= 503))) return false;
    this.#unanswered -= 1;
    if (code !== 200) this.#connection.settings.quirks.withoutKeepAlive = true;
    return true;
  }

  /** Waits for what is still unanswered; a server that does not answer gets no further NOOP. */
  async stop(): Promise<void> {
    this.pause();
    if (this.#unanswered === 0 || !this.#connection.isUsable) return;
    for (; this.#unanswered > 0; this.#unanswered -= 1) this.#connection.skipReplies();
    try {
      await this.#connection.readSkippedReplies();
    } catch {
      this.#connection.settings.quirks.withoutKeepAlive = true;
    }
  }

  #beat(): void {
    if (this.#unanswered > 0 || this.#connection.settings.quirks.withoutKeepAlive) return;
    this.#unanswered += 1;
    background(this.#connection.sendMeanwhile(['NOOP', '']), () => undefined);
  }
}
