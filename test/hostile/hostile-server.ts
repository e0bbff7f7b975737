import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import { type TestCertificate, testCertificate } from '../../src/testing/certificates.ts';
import type { DataRules } from './hostile-data.ts';
import { HostileSession } from './hostile-session.ts';

/** Does what the server does about one command; `session.byDefault` is what a decent server would do. */
export type Step = (session: HostileSession, argument: string) => Promise<void> | void;

export interface HostileServerOptions {
  /** TLS from the first byte. */
  readonly implicit?: boolean;
  readonly tls?: { readonly minVersion?: SecureVersion; readonly maxVersion?: SecureVersion };
  /** Steps in place of the default ones, by verb; `GREETING` is the first. */
  readonly on?: { readonly [verb: string]: Step };
  /** What differs on data connections. */
  readonly data?: DataRules;
  /** By absolute path; their directories are there too. */
  readonly files?: { readonly [path: string]: string | Uint8Array };
}

/** One line of a client. */
export interface HeardLine {
  readonly channel: 'clear' | 'tls';
  /** Upper-case. */
  readonly verb: string;
  readonly line: string;
}

/** All that came from clients, and how the server stands. */
export interface HostileState {
  readonly options: HostileServerOptions;
  readonly certificate: TestCertificate;
  /** Of control connections, and of the data connections that continue their TLS session. */
  readonly context: SecureContext;
  readonly files: Map<string, Buffer>;
  readonly heard: HeardLine[];
  /** What each data connection brought, in the order of their ends. */
  readonly uploads: Buffer[];
  /** What broke in steps while their client was there: handshakes that it refused, and faults of the steps. */
  readonly failures: unknown[];
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
  readonly #sessions = new Set<HostileSession>();

  private constructor(server: Server, state: HostileState) {
    this.#server = server;
    this.#state = state;
    server.on('connection', (tcp) => this.#welcome(tcp));
  }

  static async start(options: HostileServerOptions = {}): Promise<HostileServer> {
    const certificate = await testCertificate(['localhost', '127.0.0.1']);
    const files = Object.entries(options.files ?? {}).map(([path, content]) => [path, Buffer.from(content)] as const);
    const server = createServer({ noDelay: true }).listen({ host: '127.0.0.1', port: 0, exclusive: true });
    await once(server, 'listening');
    return new HostileServer(server, {
      options,
      certificate,
      context: createSecureContext({ cert: certificate.certificate, key: certificate.key, ...options.tls }),
      files: new Map(files),
      heard: [],
      uploads: [],
      failures: [],
    });
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
    const session = new HostileSession(tcp, this.#state);
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
