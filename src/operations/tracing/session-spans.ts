import type * as OpenTelemetry from '@opentelemetry/api';
import { printable, type ServerEvent, type TlsFacts } from '../../core/index.ts';
import type { EventName } from '../event-stream.ts';

/** OpenTelemetry's API, as the package has it. */
export type TracingApi = Pick<typeof OpenTelemetry, 'trace' | 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode'>;

type EventOf<Name extends EventName> = Extract<ServerEvent, { readonly event: Name }>;
type Attributes = OpenTelemetry.Attributes;

const MAX_TEXT_LENGTH = 1024;

/** The events that spans are made of. */
export const TRACED_EVENTS: readonly EventName[] = [
  'session.opened',
  'session.secured',
  'handshake.failed',
  'login.succeeded',
  'login.failed',
  'transfer.finished',
  'session.closed',
];

/**
 * Makes a span of each session, and a child of it of each transfer, from events and their times: whoever serves does
 * nothing for it. Disposing it ends the spans of sessions that are open.
 */
export class SessionSpans implements Disposable {
  readonly #api: TracingApi;
  readonly #tracer: OpenTelemetry.Tracer;
  readonly #maxSessions: number;
  readonly #open = new Map<string, OpenTelemetry.Span>();

  /** @param maxSessions open spans at once; a further one ends the oldest: the end of its session was lost, perhaps */
  constructor(api: TracingApi, maxSessions: number) {
    this.#api = api;
    this.#tracer = api.trace.getTracer('lockport');
    this.#maxSessions = maxSessions;
  }

  readonly hear = (event: ServerEvent): void => {
    if (event.event === 'session.opened') this.#begin(event);
    const span = 'session' in event ? this.#open.get(event.session) : undefined;
    if (!span) return;
    switch (event.event) {
      case 'session.secured':
        span.setAttributes(tlsAttributes(event.tls));
        break;
      case 'handshake.failed':
        span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: event.code });
        span.setAttribute('error.type', event.code);
        break;
      case 'login.succeeded':
        span.setAttributes({ 'user.name': clipped(event.user), 'lockport.login.method': event.method });
        break;
      case 'login.failed':
        span.addEvent('login failed', { 'lockport.login.method': event.method, 'error.type': event.code }, event.at);
        break;
      case 'transfer.finished':
        this.#transfer(event, span);
        break;
      case 'session.closed':
        span.setAttribute('lockport.session.end', clipped(event.reason));
        span.end(event.at);
        this.#open.delete(event.session);
        break;
      default:
    }
  };

  [Symbol.dispose](): void {
    for (const span of this.#open.values()) span.end();
    this.#open.clear();
  }

  #begin({ session, protocol, mode, address, port, worker, at }: EventOf<'session.opened'>): void {
    const attributes: Attributes = {
      'session.id': session,
      'network.protocol.name': protocol,
      'client.address': address,
      'client.port': port,
      'lockport.listener.mode': mode,
      ...(worker !== undefined && { 'lockport.worker': worker }),
    };
    const options = { kind: this.#api.SpanKind.SERVER, startTime: at, root: true, attributes };
    const [oldest] = this.#open;
    if (oldest && this.#open.size >= this.#maxSessions) {
      oldest[1].end(at);
      this.#open.delete(oldest[0]);
    }
    this.#open.set(session, this.#tracer.startSpan(`${protocol} session`, options, this.#api.ROOT_CONTEXT));
  }

  #transfer(event: EventOf<'transfer.finished'>, session: OpenTelemetry.Span): void {
    const { verb, direction, path, offset, bytes, ending, outcome, reply, tls, sha256, at, durationMs } = event;
    const attributes: Attributes = {
      'file.path': clipped(path),
      'lockport.transfer.verb': verb,
      'lockport.transfer.direction': direction,
      'lockport.transfer.offset': offset,
      'lockport.transfer.bytes': bytes,
      'lockport.transfer.ending': ending,
      'lockport.transfer.outcome': outcome,
      'lockport.transfer.reply': reply,
      ...(sha256 !== undefined && { 'lockport.transfer.sha256': sha256 }),
      ...(tls && tlsAttributes(tls)),
    };
    const parent = this.#api.trace.setSpan(this.#api.ROOT_CONTEXT, session);
    const span = this.#tracer.startSpan(direction, { startTime: at - durationMs, attributes }, parent);
    if (outcome !== 'complete') span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: ending });
    span.end(at);
  }
}

function tlsAttributes({ version, cipher, resumed, serverName, clientCertificate }: TlsFacts): Attributes {
  return {
    'tls.protocol.name': 'tls',
    'tls.protocol.version': version.replace(/^TLSv/, ''),
    'tls.cipher': cipher,
    'tls.resumed': resumed,
    ...(serverName !== undefined && { 'tls.client.server_name': clipped(serverName) }),
    ...(clientCertificate && { 'tls.client.hash.sha256': clientCertificate.fingerprint }),
  };
}

/** A name may come from a peer who has not signed in. */
function clipped(text: string): string {
  return printable(text.slice(0, MAX_TEXT_LENGTH));
}
