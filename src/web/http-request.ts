import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isForeign, type TlsFacts } from '../core/index.ts';
import { WebFailure } from './problem.ts';

/** A request whose head is there, and who sent it. */
export interface WebRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  readonly port: number;
  readonly tls: TlsFacts | undefined;
  /** Aborts when the client has left. */
  readonly gone: AbortSignal;
  /** The bytes of the body as they come. Each wait for more is bounded by `stallMs`. */
  readonly body: AsyncIterable<Buffer>;
}

/** The bytes of a body. What is not taken of it stays in the message. @throws WebFailure where none come in time */
export async function* bytesOf(message: IncomingMessage, stallMs: number): AsyncGenerator<Buffer> {
  const parts: AsyncIterator<Buffer> = message.iterator({ destroyOnReturn: false });
  for (;;) {
    const { value, done } = await inTime(parts.next(), stallMs);
    if (done) return;
    yield value;
  }
}

async function inTime<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new WebFailure(408, 'too-slow', 'The body of the request did not go on in time')),
    ms,
  );
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/** The whole body as JSON. @throws WebFailure */
export async function jsonOf(
  { headers, body }: Pick<WebRequest, 'headers' | 'body'>,
  { maxWebBodyBytes, webRequestMs }: { readonly maxWebBodyBytes: number; readonly webRequestMs: number },
): Promise<unknown> {
  if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new WebFailure(415, 'not-json', 'Send JSON, as content-type: application/json');
  }
  const parts: Buffer[] = [];
  let length = 0;
  const deadline = performance.now() + webRequestMs;
  for await (const part of body) {
    length += part.length;
    if (length > maxWebBodyBytes) {
      throw new WebFailure(
        413,
        'too-large',
        `A JSON body has at most ${maxWebBodyBytes} bytes (limits.maxWebBodyBytes)`,
      );
    }
    if (performance.now() > deadline) throw new WebFailure(408, 'too-slow', 'The request did not arrive in time');
    parts.push(part);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)));
  } catch {
    throw new WebFailure(400, 'bad-request', 'The body is no JSON in UTF-8');
  }
}

/** The name without the port, in lower case; an IPv6 address without its brackets. */
export function hostOf(host = ''): string {
  const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]@/\\\s]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (address ?? name ?? '').toLowerCase().replace(/\.$/, '');
}

/** Browsers say where a request comes from; what comes from another site is refused. @throws WebFailure */
export function refuseForeign({ headers, tls }: Pick<WebRequest, 'headers' | 'tls'>): void {
  if (isForeign(headers, tls !== undefined)) {
    throw new WebFailure(403, 'forged-request', 'Requests of other sites are refused');
  }
}
