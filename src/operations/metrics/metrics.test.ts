import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { publisher, ROOT, type ServerEvent } from '../../core/index.ts';
import { COUNTED_EVENTS, EventMetrics } from './event-metrics.ts';
import { Histogram } from './histogram.ts';
import { metricsPage } from './page.ts';
import { METRICS } from './table.ts';

const STRANGER = { session: 's', protocol: 'ftp', address: '192.0.2.1' } as const;

test('a value is counted in the first bucket whose bound it does not pass', () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 3]) histogram.observe(value);
  assert.deepEqual(histogram.counts, { counts: [2, 2, 1], sum: 7.5 });
});

test('a page has every counted series from the start, at 0', () => {
  const page = metricsPage('prometheus', {}, new EventMetrics(['ftp']));
  assert.match(page, /^lockport_transfers_total\{protocol="ftp",direction="upload",outcome="complete"\} 0$/m);
  assert.match(page, /^lockport_transfer_duration_seconds_bucket\{protocol="ftp",direction="upload",le="\+Inf"\} 0$/m);
  assert.match(page, /^lockport_failures_total 0$/m);
  assert.ok(!page.includes('sftp') && page.endsWith('\n'));
});

test('the buckets of a page add up', () => {
  const events = new EventMetrics(['ftp']);
  const publish = publisher(events.hear);
  for (const durationMs of [50, 5_000, 86_400_000]) {
    publish({ event: 'session.closed', reason: 'closed', durationMs, ...STRANGER });
  }
  const lines = metricsPage('prometheus', {}, events).match(/^lockport_session_duration_seconds.*$/gm);
  assert.deepEqual(
    lines?.map((line) => line.replace(/^.*?[{,]le="([^"]*)".* /, '$1 ')),
    [
      '0.1 1',
      '1 1',
      '10 2',
      '60 2',
      '300 2',
      '1800 2',
      '7200 2',
      '28800 2',
      '+Inf 3',
      'lockport_session_duration_seconds_sum{protocol="ftp"} 86405.05',
      'lockport_session_duration_seconds_count{protocol="ftp"} 3',
    ],
  );
});

test('OpenMetrics names the family of a counter without its end, and says where the page ends', () => {
  const page = metricsPage('openmetrics', {}, new EventMetrics(['ftp']));
  assert.match(page, /^# TYPE lockport_bans counter\nlockport_bans_total 0$/m);
  assert.ok(page.endsWith('\n# EOF\n'));
});

test('what the configuration names can not break out of its label', () => {
  const readings = { accountUsed: [{ labels: ['a"} 1\nb\\'], value: 2 }] };
  const page = metricsPage('prometheus', readings, new EventMetrics(['ftp']));
  assert.ok(page.includes('\nlockport_account_used_bytes{account="a\\"} 1\\nb\\\\"} 2\n'));
});

test('no event makes a series, whatever stands in it', () => {
  const events = new EventMetrics(['ftp']);
  const seriesOf = () => metricsPage('prometheus', {}, events).replaceAll(/ \S+$/gm, '');
  const before = seriesOf();
  fc.assert(
    fc.property(
      fc.constantFrom(...COUNTED_EVENTS),
      fc.record({ word: fc.string(), number: fc.nat() }),
      (event, { word, number }) => {
        const tls = { version: word, cipher: word, resumed: number % 2 === 0 };
        const fields = { code: word, method: word, mode: word, reply: number, change: word, verb: word, path: ROOT };
        const transfer = { direction: word, outcome: word, ending: word, bytes: number, durationMs: number };
        events.hear({ event, ...STRANGER, ...fields, ...transfer, tls, at: 0, seq: 1 } as unknown as ServerEvent);
      },
    ),
  );
  assert.equal(seriesOf(), before);
});

test('a suite that no profile has counts as another one', () => {
  const events = new EventMetrics(['ftp']);
  const publish = publisher(events.hear);
  publish({
    event: 'session.secured',
    tls: { version: 'TLSv1.4', cipher: 'TLS_NEW', resumed: false },
    ...STRANGER,
  });
  const page = metricsPage('prometheus', {}, events);
  assert.match(page, /^lockport_tls_handshakes_total\{channel="control",version="other",resumed="false"\} 1$/m);
  assert.match(page, /^lockport_tls_handshakes_by_cipher_total\{cipher="other"\} 1$/m);
});

test('every metric has a name of its own, in base units, that says what it is', () => {
  const names = METRICS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, type, help, buckets } of METRICS) {
    assert.match(name, /^lockport_[a-z_]+$/);
    assert.equal(type === 'counter', name.endsWith('_total'), name);
    assert.equal(type === 'histogram', buckets !== undefined, name);
    assert.ok(help.length > 10 && !help.endsWith('.'), name);
  }
});
