import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { WebMe } from '../web/index.ts';
import { PASSWORDS } from './running-server.ts';
import type { TestWeb } from './running-web.ts';

export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** Of an answer that holds JSON. Tests say what they expect of it. */
  readonly json: Record<string, unknown>;
}

export interface WebAsk {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; bytes as they are. */
  readonly body?: unknown;
}

/** A browser as the server sees one: it keeps the cookie and the token of its session. */
export class WebClient {
  readonly #server: Pick<TestWeb, 'origin' | 'certificate'>;
  cookie: string | undefined;
  csrf: string | undefined;

  constructor(server: Pick<TestWeb, 'origin' | 'certificate'>) {
    this.#server = server;
  }

  /** Signs in, and gives a client that is. */
  static async signIn(server: Pick<TestWeb, 'origin' | 'certificate'>, user = 'alice'): Promise<WebClient> {
    const client = new WebClient(server);
    const { status, text } = await client.post('/session', { user, password: PASSWORDS[user] });
    if (status !== 200) throw new Error(`No login: ${status} ${text}`);
    return client;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<WebAnswer> {
    return this.ask('GET', path, { headers });
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<WebAnswer> {
    return this.ask('POST', path, { body, headers });
  }

  /** Uploads a file in chunks. */
  async upload(path: string, bytes: Buffer, more: Readonly<Record<string, unknown>> = {}): Promise<WebAnswer> {
    const begun = await this.post('/uploads', { path, size: bytes.length, ...more });
    if (begun.status !== 201) return begun;
    const { id, offset } = begun.json as { id: string; offset: number };
    const sent = await this.chunk(id, offset, bytes.subarray(offset));
    return sent.status === 204 ? this.post(`/uploads/${id}/commit`, {}) : sent;
  }

  chunk(id: string, offset: number, bytes: Buffer): Promise<WebAnswer> {
    return this.ask('PATCH', `/uploads/${id}`, { body: bytes, headers: { 'upload-offset': String(offset) } });
  }

  async ask(method: string, path: string, asked: WebAsk = {}): Promise<WebAnswer> {
    const request = this.begin(method, path, asked);
    const { body } = asked;
    request.end(body === undefined ? undefined : Buffer.isBuffer(body) ? body : JSON.stringify(body));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    const text = bytes.toString();
    const isJson = /json/.test(response.headers['content-type'] ?? '');
    const json = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
    const { statusCode: status = 0, headers } = response;
    const [cookie] = headers['set-cookie'] ?? [];
    if (cookie) this.cookie = cookie.split(';')[0];
    const { csrf } = json as Partial<WebMe>;
    if (csrf !== undefined) this.csrf = csrf;
    return { status, headers, bytes, text, json };
  }

  /** A request whose body is still to come. Paths are below `/api/v1`, unless they begin with `//`. */
  begin(method: string, path: string, { headers = {}, body }: WebAsk = {}): ReturnType<typeof httpRequest> {
    const { origin, certificate } = this.#server;
    const url = path.startsWith('//') ? `${origin}${path.slice(1)}` : `${origin}/api/v1${path}`;
    const type =
      body === undefined ? undefined : Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json';
    const all = {
      ...(this.cookie !== undefined && { cookie: this.cookie }),
      ...(this.csrf !== undefined && { 'x-csrf-token': this.csrf }),
      ...(type !== undefined && { 'content-type': type }),
      ...headers,
    };
    return origin.startsWith('https:')
      ? httpsRequest(url, { method, headers: all, ca: certificate, agent: false })
      : httpRequest(url, { method, headers: all, agent: false });
  }
}
