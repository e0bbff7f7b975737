import { isIP, type Socket } from 'node:net';
import { limitsWith, type SessionInfo, type SessionList, type TransferCounts, waitAtMost } from '../core/index.ts';
import { createWebTls } from '../transport/index.ts';
import { Connections } from './connection.ts';
import { Listings } from './listings.ts';
import type { WebOptions, WebSettings, WebSurroundings } from './options.ts';
import { WebFailure } from './problem.ts';
import { Exchange } from './web-api.ts';
import { WebSessions } from './web-sessions.ts';

/** Runs the sessions of browsers, on connections that were accepted elsewhere. A session lives on over many of them. */
export class WebHost implements SessionList, AsyncDisposable {
  readonly #surroundings: WebSurroundings;
  readonly #sessions = new WebSessions();
  readonly #connections: Connections;
  readonly #listings: Listings;
  readonly #running = new Set<Promise<void>>();
  #options: WebOptions;
  #settings: WebSettings;
  #loggingIn = 0;
  #isStopping = false;

  /** @throws TlsSettingsError */
  constructor(options: WebOptions, surroundings: WebSurroundings) {
    this.#surroundings = surroundings;
    this.#options = options;
    this.#settings = settingsFrom(options, surroundings);
    this.#listings = new Listings(this.#settings.limits);
    this.#connections = new Connections(
      () => this.#settings,
      async (message, response, sender) => {
        const parts = {
          settings: this.#settings,
          sessions: this.#sessions,
          listings: this.#listings,
          loggingIn: <Result>(work: () => Promise<Result>) => this.#logIn(work),
        };
        if (this.#isStopping) response.setHeader('connection', 'close');
        const running = new Exchange(parts, message, response, sender).run();
        this.#running.add(running);
        await running.finally(() => this.#running.delete(running));
      },
    );
  }

  /** People who are signed in. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  get transferCounts(): TransferCounts {
    const counts = { upload: 0, download: 0, listing: 0 };
    for (const { transfers } of this.#sessions.all) for (const { direction } of transfers) counts[direction] += 1;
    return counts;
  }

  /** Changes certificates and rules for what begins from now on. @throws what the constructor throws; then nothing has changed */
  reload(changes: Partial<WebOptions>): void {
    const options = { ...this.#options, ...changes };
    this.#settings = settingsFrom(options, this.#surroundings);
    this.#options = options;
  }

  /** Takes a connection; resolves when it has ended. Never rejects. */
  receive({ session, socket }: { readonly session: string; readonly socket: Socket }): Promise<void> {
    return this.#connections.receive(session, socket);
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return this.#sessions.all.map(({ info }) => info);
  }

  async endSession(id: string, reason: string): Promise<boolean> {
    const session = this.#sessions.all.find((each) => each.id === id);
    session?.end(reason);
    await session?.ended;
    return session !== undefined;
  }

  /** Ends idle connections, lets running requests end within `drainMs`, and ends the sessions. */
  async drain(): Promise<void> {
    this.#isStopping = true;
    this.#connections.close();
    await waitAtMost(Promise.all(this.#running), this.#settings.limits.drainMs);
    await this.#end('drained');
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    return this.#end('server stopped');
  }

  async #end(reason: string): Promise<void> {
    const open = this.#sessions.all;
    for (const session of open) session.end(reason);
    this.#connections[Symbol.dispose]();
    await Promise.all(open.map(({ ended }) => ended));
  }

  async #logIn<Result>(work: () => Promise<Result>): Promise<Result> {
    const { maxWebLoginsAtOnce } = this.#settings.limits;
    if (this.#isStopping) throw new WebFailure(503, 'stopping', 'The server is going down', { 'retry-after': '30' });
    if (this.#loggingIn >= maxWebLoginsAtOnce) {
      throw new WebFailure(429, 'throttled', 'Too many logins at once: try again in a moment', { 'retry-after': '5' });
    }
    this.#loggingIn += 1;
    try {
      return await work();
    } finally {
      this.#loggingIn -= 1;
    }
  }
}

function settingsFrom(
  { gatekeeper, tls: given, hosts, pages, limits: some }: WebOptions,
  surroundings: WebSurroundings,
): WebSettings {
  const limits = limitsWith(some);
  const tls = given && createWebTls(given, limits);
  const names = new Set(['localhost', ...hosts, ...(tls?.names ?? [])].map((name) => name.toLowerCase()));
  return {
    ...surroundings,
    gatekeeper,
    tls,
    // A page of another site can give its own name our address; it can't have an address for its name.
    isOurs: (host) => isIP(host) !== 0 || names.has(host) || names.has(host.replace(/^[^.]+/, '*')),
    pages: new Map(pages.map((page) => [page.path, page])),
    limits,
  };
}
