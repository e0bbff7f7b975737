import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { background, safeHeaders } from '../../core/index.ts';
import { ConnectionCounter } from './connection-counter.ts';
import { readBody } from './http-body.ts';
import {
  CARRIED_HEADERS,
  type EdgeStart,
  type EdgeTls,
  type HttpAnswer,
  type HttpRequest,
  type RequestAnswers,
} from './messages.ts';
import { findPage } from './pages.ts';
import { problem } from './problem.ts';
import { RequestCounter } from './request-counter.ts';

const METHODS: readonly (string | undefined)[] = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'];
/** A connection that lives on for longer than that is one of somebody who wants to keep it. */
const MAX_REQUESTS_PER_CONNECTION = 1000;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Speaks HTTP with whoever comes, within bounds, and hands on what is a request. It knows no administrator. */
export class HttpEdge {
  readonly #start: EdgeStart;
  readonly #answers: RequestAnswers;
  readonly #server: Server | TlsServer;
  readonly #counter: RequestCounter;
  readonly #connections: ConnectionCounter;
  #running = 0;

  constructor(start: EdgeStart, answers: RequestAnswers) {
    this.#start = start;
    this.#answers = answers;
    this.#counter = new RequestCounter(start.limits.maxAdminRequestsPerMinute);
    this.#connections = new ConnectionCounter(start.limits.maxAdminConnectionsPerAddress);
    this.#server = serverFor(start, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.maxConnections = start.limits.maxAdminConnections;
    this.#server.on('connection', (socket: Socket) => this.#bound(socket));
    this.#server.on('upgrade', (_request, socket: Socket) => socket.destroy());
    this.#server.on('connect', (_request, socket: Socket) => socket.destroy());
    // Whoever says so waits with the body until it hears; it hears what is wrong at once, and else sends.
    this.#server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      const isTooLong = Number(request.headers['content-length'] ?? 0) > start.limits.maxAdminBodyBytes;
      if (!isTooLong) response.writeContinue();
      this.#server.emit('request', request, response);
    });
  }

  /** @throws Error of the system where the place can't be had */
  async listen(): Promise<AddressInfo> {
    const { port, address: host } = this.#start;
    this.#server.listen({ port, host });
    await once(this.#server, 'listening');
    const bound = this.#server.address();
    if (bound === null || typeof bound === 'string') throw new Error('A TCP listener without an address');
    return bound;
  }

  renew(tls: EdgeTls): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(tls);
  }

  /** Ends every connection at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #bound(socket: Socket): void {
    const free = this.#connections.take(socket.remoteAddress ?? '');
    if (free) socket.once('close', free);
    else socket.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = await this.#answered(request, gone.signal);
    // What is left of a body that was refused would be taken for the next request.
    const isWhole = request.complete;
    const { stream } = answer;
    response.writeHead(answer.status, {
      ...safeHeaders(POLICY, this.#start.tls !== undefined),
      // A 304 would tell the length of what it does not send.
      ...(stream === undefined && answer.status !== 304 && { 'content-length': Buffer.byteLength(answer.body) }),
      ...(!isWhole && { connection: 'close' }),
      ...answer.headers,
    });
    if (stream === undefined) response.end(request.method === 'HEAD' ? undefined : answer.body);
    else await this.#pour(stream, response, request.method === 'HEAD', gone.signal);
    if (!isWhole) response.once('finish', () => request.socket.destroySoon());
  }

  /** Asks for a part once the client has taken the one before. What breaks off is left without its last chunk. */
  async #pour(stream: number, response: ServerResponse, isHead: boolean, gone: AbortSignal): Promise<void> {
    const part = async () => (isHead ? undefined : (await this.#answers.nextPart(stream, gone)).bytes);
    try {
      response.flushHeaders();
      for (let bytes = await part(); bytes !== undefined; bytes = await part()) {
        if (!response.write(bytes)) await once(response, 'drain', { signal: gone });
      }
      response.end();
    } catch {
      response.destroy();
    } finally {
      this.#end(stream);
    }
  }

  #end(stream: number): void {
    background(this.#answers.endStream(stream), () => undefined);
  }

  async #answered(request: IncomingMessage, gone: AbortSignal): Promise<HttpAnswer> {
    const { limits, hosts, tls, pages } = this.#start;
    const { method = '', url = '', headers, socket } = request;
    const address = addressOf(socket);
    if (!this.#counter.admit(address)) {
      const retry = { 'retry-after': String(this.#counter.retryAfter) };
      return problem(429, 'too-many-requests', 'Too many requests from your address: wait, and ask again', {
        headers: retry,
      });
    }
    if (!hosts.includes(hostOf(headers.host))) {
      return problem(421, 'other-host', 'The API is not served for this host: add its name to admin.hosts');
    }
    if (Buffer.byteLength(url) > limits.maxAdminUrlBytes) {
      return problem(414, 'url-too-long', `An address has at most ${limits.maxAdminUrlBytes} bytes (maxAdminUrlBytes)`);
    }
    if (!METHODS.includes(method)) {
      return problem(405, 'no-such-method', 'There is no such method here: see /api/v1/openapi.json');
    }
    const page = findPage(pages, method, url, headers);
    if (page) return page;
    if (headers['content-encoding'] !== undefined) {
      return problem(415, 'encoded-body', 'A body is sent as it is, without a content-encoding');
    }
    // Whoever sends slowly has the time of a request (`adminRequestMs`), and takes the place of nobody meanwhile.
    const body = await readBody(request, limits.maxAdminBodyBytes);
    if (body === undefined) {
      const message = `A body is UTF-8 and has at most ${limits.maxAdminBodyBytes} bytes (maxAdminBodyBytes)`;
      return problem(413, 'body-too-large', message);
    }
    if (this.#running >= limits.maxAdminRequestsAtOnce) {
      const retry = { 'retry-after': '1' };
      return problem(503, 'busy', 'The server works on many requests: ask again in a moment', { headers: retry });
    }
    this.#running += 1;
    try {
      const carried = CARRIED_HEADERS.flatMap((name) => {
        const value = headers[name];
        return typeof value === 'string' ? [[name, value] as const] : [];
      });
      const asked = { method, target: url, address, isSecure: tls !== undefined, body };
      return await this.#answerInTime({ ...asked, headers: Object.fromEntries(carried) }, gone);
    } finally {
      this.#running -= 1;
    }
  }

  /** An answer that does not come in time, comes as one that says so. Then, and where the client hangs up, work on it may end. */
  async #answerInTime(request: HttpRequest, gone: AbortSignal): Promise<HttpAnswer> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#start.limits.adminAnswerMs);
    const { promise: overdue, resolve } = Promise.withResolvers<HttpAnswer>();
    const message = 'The server did not answer in time; what was asked may still be done: look, and ask again';
    late.signal.addEventListener('abort', () => resolve(problem(504, 'no-answer', message)), { once: true });
    try {
      const signal = AbortSignal.any([late.signal, gone]);
      const answered = this.#answers.answer(request, signal).then((answer) => {
        if (answer.stream !== undefined && signal.aborted) this.#end(answer.stream);
        return answer;
      });
      return await Promise.race([answered, overdue]);
    } catch {
      return problem(503, 'not-reached', 'The server could not be asked: ask again in a moment');
    } finally {
      clearTimeout(timer);
    }
  }
}

function serverFor(
  { tls, limits }: EdgeStart,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Server | TlsServer {
  const options: ServerOptions = {
    maxHeaderSize: limits.maxAdminHeaderBytes,
    headersTimeout: limits.adminRequestMs,
    requestTimeout: limits.adminRequestMs,
    connectionsCheckingInterval: Math.max(50, Math.min(1000, limits.adminRequestMs / 4)),
    keepAliveTimeout: limits.adminConnectionIdleMs,
    insecureHTTPParser: false,
  };
  const server = tls
    ? createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: limits.adminRequestMs }, serve)
    : createServer(options, serve);
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  // Of a connection that neither sends nor reads. While an answer is worked out, that has its own bound.
  server.setTimeout(limits.adminAnswerMs + limits.adminConnectionIdleMs);
  return server;
}

/** As a ban would name it: an IPv4 address that came over IPv6 is one of IPv4. */
function addressOf({ remoteAddress = '' }: Socket): string {
  return remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** The name without the port, in lower case; an IPv6 address without its brackets. */
function hostOf(host = ''): string {
  const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]@/\\\s]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (address ?? name ?? '').toLowerCase().replace(/\.$/, '');
}
