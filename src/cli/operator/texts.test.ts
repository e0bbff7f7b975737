import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import type { ShownSession } from '../../service/index.ts';
import { parseDuration } from '../quantity.ts';
import { banLines, sessionLines } from './texts.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const MINUTE_AGO = '2026-11-30T11:58:57Z';
const BASE: ShownSession = {
  session: '0a',
  protocol: 'ftp',
  mode: 'explicit',
  address: '192.0.2.1',
  port: 40_000,
  since: MINUTE_AGO,
};

function lineOf(session: Partial<ShownSession>): string {
  return sessionLines({ sessions: [{ ...BASE, ...session }], workers: [] }, NOW)[1] ?? '';
}

test('a line of a session says who, from where, for how long, over what and what it does', () => {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', resumed: true };
  const transfer = {
    verb: 'RETR',
    direction: 'download' as const,
    path: resolvePath(ROOT, '/a b'),
    offset: 1024,
    since: MINUTE_AGO,
    totalBytes: 4096,
    bytes: 2048,
    rate: 512,
    averageRate: 1,
  };
  assert.equal(
    lineOf({ account: 'alice', tls, client: 'WinSCP', transfer }),
    '0a       alice    192.0.2.1:40000  1m 3s  TLSv1.3 TLS_AES_128_GCM_SHA256 resumed (explicit)  WinSCP  RETR /a b from 1 KiB: 2 KiB of 4 KiB in 1m 3s, 512 B/s',
  );
});

test('a session of SFTP is shown as one over SSH', () => {
  const ssh = { client: 'OpenSSH_9.9', keyExchange: 'curve25519-sha256', hostKey: 'ssh-ed25519', cipher: 'aes128-ctr' };
  const sftp = { protocol: 'sftp', mode: 'sftp' } as const;
  assert.match(lineOf({ ...sftp, ssh }), / SSH aes128-ctr /);
  assert.match(lineOf(sftp), / SSH, before its keys /);
});

test('who has not signed in, who does nothing, and who is not known of are told apart', () => {
  assert.match(lineOf({ user: 'eve' }), / \(eve\) .* in clear .* idle$/);
  assert.match(
    lineOf({ address: '2001:db8::1', command: { verb: 'HASH', since: MINUTE_AGO } }),
    /\[2001:db8::1\]:40000 .* HASH for 1m 3s$/,
  );
  assert.match(lineOf({ isSilent: true, worker: 2 }), / \? .* worker 2 does not answer$/);
  const workers = (['serving', 'silent', 'starting'] as const).map((state, index) => ({
    worker: index + 1,
    state,
    sessions: 0,
  }));
  assert.deepEqual(sessionLines({ sessions: [], workers }, NOW), [
    'No session is open',
    'Worker 2 does not answer: its sessions may do more',
    'Worker 3 does not serve yet',
  ]);
});

test('a ban is listed with its end, by whom it was set and why', () => {
  assert.deepEqual(
    banLines([
      { network: '192.0.2.0/24', by: 'operator', until: null, since: MINUTE_AGO, reason: 'guesses' },
      { network: '198.51.100.1', by: 'failed-logins', until: MINUTE_AGO },
    ]),
    [
      'NETWORK       UNTIL                    BY                                 REASON',
      '192.0.2.0/24  until lifted             operator, 2026-11-30 11:58:57 UTC  guesses',
      '198.51.100.1  2026-11-30 11:58:57 UTC  failed logins                      -',
    ],
  );
});

test('a duration is a number and its unit', () => {
  for (const [text, ms] of [
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['4w', 2_419_200_000],
    ['0d', undefined],
    ['7', undefined],
    ['-1d', undefined],
    ['1.5h', undefined],
  ] as const) {
    assert.equal(parseDuration(text), ms, text);
  }
});
