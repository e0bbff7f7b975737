import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ROOT, resolvePath, type ServerEvent } from '../../../core/index.ts';
import { syslogMessage } from './message.ts';

const SENDER = { facility: 'ftp', hostname: 'files.example.org', processId: 7 } as const;
const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const STRANGER = { session: 's1', protocol: 'ftp', address: '192.0.2.1', at: AT, seq: 9 } as const;

const textOf = (event: ServerEvent): string => syslogMessage(event, SENDER).toString();

/** The grammar of RFC 5424 section 6, as far as these messages use it. */
const GRAMMAR =
  /^<(\d{1,3})>1 (\S+) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) \[lockport@32473((?: [\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] (.*)$/su;

test('an event is a message with priority, time, name, fields and the sentence of the log', () => {
  const event: ServerEvent = {
    event: 'login.failed',
    user: 'alice',
    method: 'password',
    code: 'credentials',
    reason: 'unknown user',
    ...STRANGER,
  };
  assert.equal(
    textOf(event),
    '<92>1 2026-01-02T03:04:05.678Z files.example.org lockport 7 login.failed [lockport@32473 user="alice" method="password" ' +
      'code="credentials" reason="unknown user" session="s1" protocol="ftp" address="192.0.2.1" seq="9"] ' +
      'Login as alice from 192.0.2.1 failed: unknown user',
  );
});

test('facts within facts have names with dots', () => {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', resumed: false };
  assert.match(
    textOf({ event: 'session.secured', tls, ...STRANGER }),
    / tls\.version="TLSv1\.3" .* tls\.resumed="false"/,
  );
});

test('no name can end its field, the data or the message', () => {
  const hostile = 'a"] b\\" ]\n<0>1 - - - - - forged';
  const event: ServerEvent = {
    event: 'transfer.started',
    verb: 'STOR',
    direction: 'upload',
    path: resolvePath(ROOT, '/x"]y\\z'),
    account: hostile,
    ...STRANGER,
  };
  const text = textOf(event);
  assert.ok(!text.includes('\n'));
  assert.ok(text.includes('account="a\\"\\] b\\\\\\" \\]\\\\u000a<0>1 - - - - - forged"'), text);
  assert.match(text, GRAMMAR);
});

test('whatever a peer sends, a message keeps to the grammar and to what every receiver takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 9000 }), fc.string({ unit: 'grapheme' }), (user, reason) => {
      const event: ServerEvent = {
        event: 'login.failed',
        user,
        method: 'password',
        code: 'credentials',
        reason: reason.repeat(50),
        account: `${user}${reason}`,
        ...STRANGER,
      };
      const message = syslogMessage(event, SENDER);
      assert.ok(message.length <= 8192);
      assert.match(message.toString(), GRAMMAR);
    }),
  );
});
