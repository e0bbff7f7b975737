import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type NewEvent, publisher, ROOT, resolvePath } from '../../core/index.ts';
import { createLog, type LogOptions } from './index.ts';

function logged(
  events: readonly NewEvent[],
  options: Partial<LogOptions> & { readonly isTerminal?: boolean } = {},
): string {
  let text = '';
  const output = {
    isTerminal: options.isTerminal ?? false,
    write: (part: string) => {
      text += part;
    },
  };
  const publish = publisher(createLog({ form: 'json', level: 'debug', output, ...options }));
  for (const event of events) publish(event);
  return text;
}

const LISTENING: NewEvent = { event: 'listening', mode: 'explicit', address: '::', port: 2121 };

const UPLOAD = {
  event: 'transfer.finished',
  session: 'a1b2c3',
  protocol: 'ftp',
  account: 'anna',
  verb: 'STOR',
  direction: 'upload',
  path: resolvePath(ROOT, '/in/report.pdf'),
  address: '192.0.2.1',
  offset: 0,
  bytes: 2048,
  durationMs: 1500,
  ending: 'clean',
  outcome: 'complete',
  reply: 226,
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', resumed: true },
} as const satisfies NewEvent;

const STRANGER = { session: 'a1b2c3', protocol: 'ftp', address: '192.0.2.1' } as const;

function command(argument: string): NewEvent {
  return { event: 'command', ...STRANGER, verb: 'CWD', argument, reply: 550, durationMs: 1 };
}

test('JSON: a listener is one line that says event, mode and port, as other programs wait for it', () => {
  const line = logged([LISTENING]);
  assert.match(line, /"event":"listening","mode":"explicit","address":"::","port":2121/);
  const { time, ...rest } = JSON.parse(line);
  assert.deepEqual(rest, {
    level: 'info',
    event: 'listening',
    mode: 'explicit',
    address: '::',
    port: 2121,
    message: 'Listening on [::]:2121 (explicit TLS)',
  });
  assert.equal(new Date(time).toISOString(), time);
});

test('pretty: a transfer is one sentence with its session and account', () => {
  const line = logged([UPLOAD], { form: 'pretty' });
  assert.match(
    line,
    /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] INFO: \[a1b2c3 anna\] STOR \/in\/report\.pdf: 2048 bytes in 1\.50 s, whole, TLSv1\.3 TLS_AES_128_GCM_SHA256, resumed\n$/,
  );
});

test('colours are for terminals only', () => {
  assert.ok(!logged([LISTENING], { form: 'pretty' }).includes('\u001b'));
  assert.ok(logged([LISTENING], { form: 'pretty', isTerminal: true }).includes('\u001b'));
});

test('commands are told at debug only, failures always', () => {
  const failure: NewEvent = { event: 'failure', ...STRANGER, verb: 'LIST', error: new Error('disk') };
  const text = logged([command('/x'), failure], { level: 'error' });
  const record = JSON.parse(text);
  assert.equal(record.event, 'failure');
  assert.equal(record.error.message, 'disk');
  assert.equal(record.message, 'LIST failed: disk');
});

test('an upload that was not whole is a warning that says how it ended', () => {
  const text = logged([{ ...UPLOAD, ending: 'cut', outcome: 'discarded', reply: 426, reason: 'no close_notify' }]);
  const record = JSON.parse(text);
  assert.equal(record.level, 'warn');
  assert.match(record.message, /discarded, ended cut, no close_notify/);
});

const HOSTILE = 'a\r\n{"event":"listening"}\u001b[2J\u007f\u009b\u202e\u2066\u2028\ud800z';
const RAW = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u;

test('what a client sends can neither forge a line nor act on a terminal', () => {
  for (const form of ['json', 'pretty'] as const) {
    const text = logged([command(HOSTILE)], { form });
    assert.equal(text.indexOf('\n'), text.length - 1, form);
    assert.ok(!RAW.test(text.slice(0, -1)), form);
  }
  assert.equal(JSON.parse(logged([command(HOSTILE)])).argument, HOSTILE);
});

test('any text is told whole in JSON, and never raw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (argument) => {
      const line = logged([command(argument)]);
      assert.ok(!RAW.test(line.slice(0, -1)));
      const record = JSON.parse(line);
      assert.equal(record.argument, argument);
      assert.ok(!RAW.test(record.message));
    }),
  );
});
