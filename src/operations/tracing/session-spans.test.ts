import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as api from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { ROOT, resolvePath, type ServerEvent } from '../../core/index.ts';
import { SessionSpans } from './session-spans.ts';

const TLS = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', resumed: true };
/** A second, in milliseconds since 1970: small numbers would mean the clock of the process. */
const BEGAN = 1_796_000_000_000;
const exporter = new InMemorySpanExporter();
api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));

beforeEach(() => exporter.reset());

function originOf(session: string) {
  return { session, protocol: 'ftp', address: '192.0.2.1', seq: 1 } as const;
}

function opened(session: string, at = BEGAN + 1000): ServerEvent {
  return { event: 'session.opened', mode: 'explicit', port: 4000, at, ...originOf(session) };
}

function closed(session: string, at = BEGAN + 9000): ServerEvent {
  return { event: 'session.closed', reason: 'quit', durationMs: 1, at, ...originOf(session) };
}

function transfer(session: string, outcome: 'complete' | 'discarded'): ServerEvent {
  return {
    event: 'transfer.finished',
    verb: 'STOR',
    direction: 'upload',
    path: resolvePath(ROOT, '/file'),
    offset: 0,
    bytes: 5,
    durationMs: 400,
    ending: outcome === 'complete' ? 'clean' : 'cut',
    outcome,
    reply: 226,
    tls: TLS,
    at: BEGAN + 3000,
    ...originOf(session),
  };
}

test('a session is a span, and each of its transfers a child, at the times of the events', () => {
  using spans = new SessionSpans(api, 10);
  spans.hear(opened('s1'));
  spans.hear({ event: 'session.secured', tls: TLS, at: BEGAN + 1100, ...originOf('s1') });
  spans.hear({ event: 'login.succeeded', user: 'alice', method: 'password', at: BEGAN + 1200, ...originOf('s1') });
  spans.hear(transfer('s1', 'complete'));
  spans.hear(transfer('s1', 'discarded'));
  spans.hear(closed('s1'));
  const [whole, broken, session] = exporter.getFinishedSpans();
  assert.deepEqual(
    [session?.name, session?.startTime, session?.endTime],
    ['ftp session', [BEGAN / 1000 + 1, 0], [BEGAN / 1000 + 9, 0]],
  );
  assert.equal(session?.parentSpanContext, undefined);
  assert.equal(session?.attributes['tls.protocol.version'], '1.3');
  assert.equal(session?.attributes['tls.cipher'], TLS.cipher);
  assert.equal(session?.attributes['user.name'], 'alice');
  for (const each of [whole, broken]) {
    assert.deepEqual([each?.name, each?.endTime], ['upload', [BEGAN / 1000 + 3, 0]]);
    assert.equal(each?.startTime[0], BEGAN / 1000 + 2);
    assert.equal(each?.parentSpanContext?.spanId, session?.spanContext().spanId);
    assert.equal(each?.attributes['tls.resumed'], true);
  }
  assert.equal(whole?.status.code, api.SpanStatusCode.UNSET);
  assert.deepEqual(broken?.status, { code: api.SpanStatusCode.ERROR, message: 'cut' });
});

test('sessions whose end was lost hold a bounded number of spans', () => {
  using spans = new SessionSpans(api, 2);
  for (const session of ['a', 'b', 'c', 'd']) spans.hear(opened(session));
  assert.deepEqual(
    exporter.getFinishedSpans().map(({ attributes }) => attributes['session.id']),
    ['a', 'b'],
  );
  spans.hear(closed('a'));
  assert.equal(exporter.getFinishedSpans().length, 2);
});

test('what ends with the service is told', () => {
  {
    using spans = new SessionSpans(api, 2);
    spans.hear(opened('a', Date.now()));
  }
  assert.equal(exporter.getFinishedSpans().length, 1);
});

test('a name that a stranger gives has bounded length', () => {
  using spans = new SessionSpans(api, 2);
  spans.hear(opened('a'));
  spans.hear({
    event: 'login.succeeded',
    user: 'x\n'.repeat(9000),
    method: 'password',
    at: BEGAN + 2,
    ...originOf('a'),
  });
  spans.hear(closed('a'));
  const name = String(exporter.getFinishedSpans()[0]?.attributes['user.name']);
  assert.ok(name.length < 8000 && !name.includes('\n'));
});
