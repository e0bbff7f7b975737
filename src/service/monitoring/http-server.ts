import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { background } from '../../core/index.ts';
import { CONTENT_TYPES, type PageForm } from '../../operations/index.ts';

/** Connections at once; further ones are closed unread. */
const MAX_CONNECTIONS = 16;
/** The whole life of a connection: one request, and its answer. */
const CONNECTION_MS = 10_000;
const REQUEST_MS = 5_000;
const MAX_HEADER_BYTES = 8_192;

/** What is shown. */
export interface MonitoredService {
  page(form: PageForm): Promise<string>;
  /** Why the server is not ready, a sentence each. */
  problems(): Promise<readonly string[]>;
}

/** Who may see it. What is read from files, so that a reload can renew it. */
export interface MonitoringAccess {
  readonly token?: string;
  readonly tls?: SecureContextOptions & { readonly isClientCertificateNeeded: boolean };
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Serves /metrics, /healthz and /readyz. Each connection has one answer and a bounded life: whoever does not send, or does
 * not read, holds one of a few connections for some seconds, and nothing else.
 */
export class MonitoringServer implements AsyncDisposable {
  readonly #service: MonitoredService;
  readonly #server: Server | TlsServer;
  readonly #sockets = new Set<Socket>();
  #access: MonitoringAccess;

  constructor(service: MonitoredService, access: MonitoringAccess) {
    this.#service = service;
    this.#access = access;
    this.#server = serverFor(access, (request, response) => {
      background(this.#serve(request, response), () => response.destroy());
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('connection', (socket: Socket) => this.#bound(socket));
  }

  /** @throws Error of the system where the place can't be had */
  async listen(port: number, host: string): Promise<AddressInfo> {
    this.#server.listen({ port, host });
    await once(this.#server, 'listening');
    const bound = this.#server.address();
    if (bound === null || typeof bound === 'string') throw new Error('A TCP listener without an address');
    return bound;
  }

  /** Takes another token and another certificate; whether TLS is spoken stays. */
  reload(access: MonitoringAccess): void {
    if (access.tls && 'setSecureContext' in this.#server) this.#server.setSecureContext(access.tls);
    this.#access = access;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #bound(socket: Socket): void {
    this.#sockets.add(socket);
    const timer = setTimeout(() => socket.destroy(), CONNECTION_MS).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type = 'text/plain; charset=utf-8', headers = {}, body } = await this.#answer(request);
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
      connection: 'close',
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method = '', url = '', headers } = request;
    const page = PAGES[url.split('?', 1)[0] ?? ''];
    if (!page) return { status: 404, body: 'There are /metrics, /healthz and /readyz\n' };
    if (method !== 'GET' && method !== 'HEAD') {
      return { status: 405, headers: { allow: 'GET, HEAD' }, body: 'Only GET and HEAD\n' };
    }
    if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) {
      return { status: 413, body: 'No body is taken\n' };
    }
    const isKnown = this.#access.token === undefined || carries(headers.authorization, this.#access.token);
    return page({ service: this.#service, isKnown, accept: headers.accept ?? '' });
  }
}

interface Asked {
  readonly service: MonitoredService;
  /** Whether the token was shown, where one is needed. */
  readonly isKnown: boolean;
  readonly accept: string;
}

/** Whoever does not show the token learns whether the server is ready, as load balancers need it, and not why. */
const PAGES: { readonly [path: string]: ((asked: Asked) => Promise<Answer>) | undefined } = {
  '/metrics': async ({ service, isKnown, accept }) => {
    if (!isKnown) {
      return {
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        body: 'Authorization: Bearer TOKEN is needed\n',
      };
    }
    const form = accept.includes('application/openmetrics-text') ? 'openmetrics' : 'prometheus';
    return { status: 200, type: CONTENT_TYPES[form], body: await service.page(form) };
  },
  // That it is answered at all is what it tells: the process lives, and does what is due.
  '/healthz': async () => ({ status: 200, body: 'alive\n' }),
  '/readyz': async ({ service, isKnown }) => {
    const problems = await service.problems();
    if (problems.length === 0) return { status: 200, body: 'ready\n' };
    return { status: 503, body: isKnown ? `not ready\n${problems.join('\n')}\n` : 'not ready\n' };
  },
};

function serverFor({ tls }: MonitoringAccess, serve: (request: IncomingMessage, response: ServerResponse) => void) {
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 1_000,
  };
  if (!tls) return createServer(options, serve);
  const { isClientCertificateNeeded: isNeeded, ...context } = tls;
  return createTlsServer(
    { ...options, ...context, handshakeTimeout: REQUEST_MS, requestCert: isNeeded, rejectUnauthorized: isNeeded },
    serve,
  );
}

/** Takes as long for every text of one length: only digests are compared. */
function carries(authorization: string | undefined, token: string): boolean {
  const given = /^bearer +(.*)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digestOf(given), digestOf(token));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
