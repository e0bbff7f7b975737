import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { testCertificate } from '../../src/testing/certificates.ts';
import { DEFAULT_STEPS } from './default-conversation.ts';
import { HostileSession, type Step, type Steps } from './hostile-session.ts';
import type { DataRules, HeardLine, HostileState, HostileTls } from './hostile-state.ts';

export type { Step } from './hostile-session.ts';
export type { DataRules, HeardLine } from './hostile-state.ts';

export interface HostileServerOptions {
  /** TLS from the first byte. */
  readonly implicit?: boolean;
  readonly tls?: HostileTls;
  /** Steps in place of the default ones, by verb; `GREETING` is the first. */
  readonly on?: { readonly [verb: string]: Step };
  /** What differs on data connections. */
  readonly data?: DataRules;
  /** By absolute path; their directories are there too. */
  readonly files?: { readonly [path: string]: string | Uint8Array };
}

/** A port that no client should be led to. */
export interface Decoy extends AsyncDisposable {
  readonly connections: () => number;
}

/**
 * An FTP server on 127.0.0.1 for tests of clients. By itself it behaves; each step can be replaced by one that does not.
 * It hears everything: what a client should never have sent is in `heard`.
 */
export class HostileServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #state: HostileState;
  readonly #steps: Steps;
  readonly #sessions = new Set<HostileSession>();

  private constructor(server: Server, state: HostileState, steps: Steps) {
    this.#steps = steps;
    this.#server = server;
    this.#state = state;
    server.on('connection', (tcp) => this.#welcome(tcp));
  }

  static async start(options: HostileServerOptions = {}): Promise<HostileServer> {
    const certificate = await testCertificate(['localhost', '127.0.0.1']);
    const files = Object.entries(options.files ?? {}).map(([path, content]) => [path, Buffer.from(content)] as const);
    const server = createServer({ noDelay: true }).listen({ host: '127.0.0.1', port: 0, exclusive: true });
    await once(server, 'listening');
    const state: HostileState = {
      isImplicit: options.implicit === true,
      tls: options.tls ?? {},
      data: options.data ?? {},
      certificate,
      context: createSecureContext({ cert: certificate.certificate, key: certificate.key, ...options.tls }),
      files: new Map(files),
      heard: [],
      uploads: [],
      failures: [],
    };
    return new HostileServer(server, state, { on: options.on ?? {}, byDefault: DEFAULT_STEPS });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** PEM, for `localhost` and 127.0.0.1. */
  get certificate(): string {
    return this.#state.certificate.certificate;
  }

  /** Every line of every client, in order. */
  get heard(): readonly HeardLine[] {
    return this.#state.heard;
  }

  /** What clients sent over data connections. */
  get uploads(): readonly Buffer[] {
    return this.#state.uploads;
  }

  get files(): ReadonlyMap<string, Buffer> {
    return this.#state.files;
  }

  get failures(): readonly unknown[] {
    return this.#state.failures;
  }

  /** How many control connections there are now. */
  get connections(): number {
    return this.#sessions.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await Promise.all([...this.#sessions].map((session) => session[Symbol.asyncDispose]()));
    await closed;
  }

  #welcome(tcp: Socket): void {
    const session = new HostileSession(tcp, this.#state, this.#steps);
    this.#sessions.add(session);
    tcp.on('close', () => this.#sessions.delete(session));
    session.start();
  }
}

/** Starts a server with these steps in place of the decent ones. */
export function startHostileServer(options?: HostileServerOptions): Promise<HostileServer> {
  return HostileServer.start(options);
}

/** Listens, and counts who comes. */
export async function startDecoy(address: string, port = 0): Promise<Decoy & { readonly port: number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).destroy();
  });
  server.listen({ host: address, port, exclusive: true });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
