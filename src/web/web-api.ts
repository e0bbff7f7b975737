import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { cookieValue, isRefusal, pageAnswer, sessionCookie } from '../core/index.ts';
import type { WebSender } from './connection.ts';
import { passwordBody, signInBody } from './contract.ts';
import { AnswerBody, type AnswerToBrowser, DONE, json } from './http-answer.ts';
import { bytesOf, hostOf, jsonOf, refuseForeign, type WebRequest } from './http-request.ts';
import type { Listings } from './listings.ts';
import type { WebSettings } from './options.ts';
import { failureOf, problemOf, WebFailure } from './problem.ts';
import { findRoute, pathOf, shownMe } from './routes/index.ts';
import { securityHeaders } from './security-headers.ts';
import { asStranger, failureFor, signIn, strangerOf } from './sign-in.ts';
import type { WebSession } from './web-session.ts';
import type { WebSessions } from './web-sessions.ts';

const API = '/api/v1';
const COOKIE = 'lockport-files';
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface WebApiParts {
  readonly settings: WebSettings;
  readonly sessions: WebSessions;
  readonly listings: Listings;
  /** Counts logins that are decided on at this moment. @throws WebFailure where there are too many */
  readonly loggingIn: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** One request and its answer. */
export class Exchange {
  readonly #parts: WebApiParts;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #sender: WebSender;

  constructor(parts: WebApiParts, message: IncomingMessage, response: ServerResponse, sender: WebSender) {
    this.#parts = parts;
    this.#message = message;
    this.#response = response;
    this.#sender = sender;
  }

  async run(): Promise<void> {
    try {
      const request = this.#request();
      const page = this.#page(request);
      if (page) return await this.#send(page);
      if (!request.path.startsWith(`${API}/`)) throw new WebFailure(404, 'not-found', 'There is no such page');
      const isChange = request.method !== 'GET' && request.method !== 'HEAD';
      if (isChange) refuseForeign(request);
      const path = request.path.slice(API.length);
      if (path === '/session' && request.method === 'POST') return await this.#send(await this.#signIn(request));
      const session = this.#session(request);
      if (path === '/password' && request.method === 'POST') return await this.#changePassword(request, session);
      if (!session) throw new WebFailure(401, 'not-signed-in', 'Sign in first: POST /api/v1/session');
      if (isChange && request.headers['x-csrf-token'] !== session.csrf) {
        throw new WebFailure(403, 'forged-request', 'Send the token of the session (GET /api/v1/me) as x-csrf-token');
      }
      return await this.#signedIn(request, session, path);
    } catch (error) {
      await this.#fail(error);
    }
  }

  #request(): WebRequest {
    const { method = '', url = '', headers, headersDistinct } = this.#message;
    const { isOurs, limits } = this.#parts.settings;
    if (headersDistinct['host']?.length !== 1) throw new WebFailure(400, 'bad-request', 'Name one host');
    if (!isOurs(hostOf(headers.host))) {
      throw new WebFailure(421, 'other-host', 'Files are not served for this host: add its name to web.hosts');
    }
    if (Buffer.byteLength(url) > limits.maxWebUrlBytes) {
      throw new WebFailure(
        414,
        'url-too-long',
        `An address has at most ${limits.maxWebUrlBytes} bytes (maxWebUrlBytes)`,
      );
    }
    if (!METHODS.includes(method)) throw new WebFailure(405, 'no-such-method', 'There is no such method here');
    if (headers['content-encoding'] !== undefined) {
      throw new WebFailure(415, 'encoded-body', 'A body is sent as it is, without a content-encoding');
    }
    const [path, query] = splitAt(url, '?');
    const gone = new AbortController();
    this.#response.once('close', () => gone.abort());
    return {
      method,
      path,
      query: new URLSearchParams(query),
      headers,
      ...this.#sender,
      gone: gone.signal,
      body: bytesOf(this.#message, limits.stallMs),
    };
  }

  /** The files of the pages; undefined where it is none of them. */
  #page({ method, path, headers }: WebRequest): AnswerToBrowser | undefined {
    const page = method === 'GET' || method === 'HEAD' ? this.#parts.settings.pages.get(path) : undefined;
    if (!page) return undefined;
    const accepted = [headers['accept-encoding']].flat().join(',');
    return pageAnswer(page, { known: headers['if-none-match'] ?? '', accepted });
  }

  #session({ headers, tls }: WebRequest): WebSession | undefined {
    return this.#parts.sessions.find(cookieValue(COOKIE, headers.cookie, tls !== undefined));
  }

  async #signIn(request: WebRequest): Promise<AnswerToBrowser> {
    const { settings, sessions, listings, loggingIn } = this.#parts;
    const body = checked(signInBody, await jsonOf(request, settings.limits));
    if (sessions.size >= settings.limits.maxWebSessions) {
      throw new WebFailure(503, 'busy-server', 'Too many people are signed in: try again later', {
        'retry-after': '60',
      });
    }
    // Whoever was signed in here is so no more, whatever becomes of this: no session lives on under another one's name.
    this.#session(request)?.end('another login');
    const session = await loggingIn(() => signIn(request, body, settings, listings));
    const cookie = sessions.add(session);
    return json(200, await shownMe(session), {
      'set-cookie': sessionCookie(COOKIE, cookie, request.tls !== undefined),
    });
  }

  async #changePassword(request: WebRequest, session: WebSession | undefined): Promise<void> {
    const { settings, loggingIn } = this.#parts;
    if (session && request.headers['x-csrf-token'] !== session.csrf) {
      throw new WebFailure(403, 'forged-request', 'Send the token of the session (GET /api/v1/me) as x-csrf-token');
    }
    const { user, from, to } = checked(passwordBody, await jsonOf(request, settings.limits));
    const name = session?.account.name ?? user;
    if (name === undefined) throw new WebFailure(400, 'bad-request', 'user: whose password it is');
    const { gatekeeper } = settings;
    if (!gatekeeper.changePassword) throw new WebFailure(501, 'unsupported', 'Passwords are not changed here');
    const change = async (peer: ReturnType<typeof strangerOf>): Promise<AnswerToBrowser> => {
      const refusal = await gatekeeper.changePassword?.(name, { from, to }, peer, request.gone);
      settings.records?.expect(peer.session);
      if (refusal && isRefusal(refusal)) throw failureFor(refusal);
      if (!((await settings.records?.recorded(peer.session)) ?? true)) {
        throw new WebFailure(503, 'not-recorded', 'The record of this could not be written: sign in to see what holds');
      }
      return DONE;
    };
    if (session) {
      const work = () => loggingIn(() => change(session.peer));
      return session.work({ verb: 'PASSWORD' }, true, work, (answer) => this.#send(answer));
    }
    const peer = strangerOf(request);
    const answer = await loggingIn(() => asStranger(peer, settings, () => change(peer)));
    const { session: id, address } = peer;
    settings.publish({ event: 'session.closed', reason: 'done', durationMs: 0, session: id, protocol: 'web', address });
    return this.#send(answer);
  }

  async #signedIn(request: WebRequest, session: WebSession, path: string): Promise<void> {
    const isUse = request.headers['x-lockport-background'] === undefined;
    const send = (answer: AnswerToBrowser) => this.#send(answer);
    if (path === '/session' && request.method === 'DELETE') {
      session.end('signed out');
      await session.ended;
      return this.#send({ ...DONE, headers: { 'set-cookie': sessionCookie(COOKIE, '', request.tls !== undefined) } });
    }
    if (path === '/me' && request.method === 'GET') {
      return session.work({ verb: 'ME' }, isUse, async () => json(200, await shownMe(session)), send);
    }
    const { route, id } = findRoute(request.method, path);
    const body = route.body && checked(route.body, await jsonOf(request, session.settings.limits));
    const asked = { request, session, body, id };
    const about = pathIn(route.about?.(asked));
    return session.work({ verb: route.verb, path: about }, isUse, () => route.run(asked), send);
  }

  async #send({ status, headers, body, pour }: AnswerToBrowser): Promise<void> {
    const response = this.#response;
    const isHead = this.#message.method === 'HEAD';
    // What is left of a body that was refused would be taken for the next request.
    const isWhole = this.#message.complete || !hasBody(this.#message);
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    response.writeHead(status, {
      ...securityHeaders(this.#sender.tls !== undefined),
      ...(pour === undefined && status !== 204 && status !== 304 && !isHead && { 'content-length': length }),
      ...(!isWhole && { connection: 'close' }),
      ...headers,
    });
    if (pour && !isHead) await pour(new AnswerBody(response, this.#parts.settings.limits.stallMs));
    await new Promise<void>((resolve) => response.end(isHead ? undefined : body, () => resolve()));
    if (!isWhole) this.#leave();
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#response.headersSent) {
      // Without its end, nobody takes it for whole.
      this.#response.destroy();
      return;
    }
    const failure = failureOf(error);
    const headers = { 'content-type': 'application/problem+json', ...failure.headers };
    await this.#send({ status: failure.status, headers, body: JSON.stringify(problemOf(failure)) });
  }

  /** A client that still sends hears nothing of its answer where the connection ends at once: it is read from for a while. */
  #leave(): void {
    const message = this.#message;
    const { socket } = message;
    const timer = setTimeout(() => socket.destroy(), this.#parts.settings.limits.webRequestMs);
    socket.once('close', () => clearTimeout(timer));
    message.once('end', () => socket.destroySoon());
    message.resume();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function checked<Body>(schema: z.ZodType<Body>, value: unknown): Body {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new WebFailure(
    400,
    'bad-request',
    `${place === '' ? 'The body' : place}: ${issue?.message ?? 'not what it should be'}`,
  );
}

function pathIn(given: string | undefined): ReturnType<typeof pathOf> | undefined {
  try {
    return given === undefined ? undefined : pathOf(given);
  } catch {
    return undefined;
  }
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}
