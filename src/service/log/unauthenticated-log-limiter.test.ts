import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type NewEvent, ROOT, type ServerEvent } from '../../core/index.ts';
import { UnauthenticatedLogLimiter } from './unauthenticated-log-limiter.ts';

const STRANGER = { session: 's', protocol: 'ftp', address: '192.0.2.1' } as const;

let now: number;
let told: string[];
let logged: ServerEvent[];
let lines: UnauthenticatedLogLimiter;

beforeEach(() => {
  now = 1_000_000;
  told = [];
  logged = [];
  lines = new UnauthenticatedLogLimiter(
    4,
    (message) => told.push(message),
    () => now,
  );
});

function happens(event: NewEvent, isLogged = true): void {
  logged.push(...lines.admit(stamped(event), isLogged));
}

function stamped(event: NewEvent): ServerEvent {
  return { ...event, at: 0, seq: 1 };
}

function opened(session: string, address: string): NewEvent {
  return { event: 'session.opened', session, protocol: 'ftp', mode: 'explicit', address, port: 4000 };
}

function closed(session: string, address: string, account?: string): NewEvent {
  return {
    event: 'session.closed',
    session,
    protocol: 'ftp',
    address,
    reason: 'closed',
    durationMs: 1,
    ...(account !== undefined && { account }),
  };
}

function comesAndGoes(session: string, address: string): void {
  happens(opened(session, address));
  happens(closed(session, address));
}

test('so many lines a minute tell of strangers from one address; of others there is as much room as before', () => {
  for (let time = 0; time < 100; time += 1) comesAndGoes(`s${time}`, '192.0.2.1');
  happens({
    event: 'session.refused',
    session: 'r',
    protocol: 'ftp',
    address: '192.0.2.1',
    code: 'banned',
    reason: 'banned',
  });
  assert.equal(logged.length, 4);
  comesAndGoes('other', '192.0.2.2');
  assert.equal(logged.length, 6);
});

test('what was left out is told by number once the minute is over, and there is room again', () => {
  for (let time = 0; time < 10; time += 1) comesAndGoes(`s${time}`, '192.0.2.1');
  comesAndGoes('other', '192.0.2.2');
  assert.deepEqual(told, []);
  now += 60_000;
  lines.turnMinute();
  assert.deepEqual(told, ['Left out 16 more lines about 192.0.2.1, where nobody had signed in']);
  comesAndGoes('again', '192.0.2.1');
  assert.equal(logged.length, 8);
});

test('nothing of an account is left out, the beginning of its session neither', () => {
  for (let time = 0; time < 10; time += 1) comesAndGoes(`s${time}`, '192.0.2.1');
  logged = [];
  happens(opened('hers', '192.0.2.1'));
  assert.deepEqual(logged, []);
  const login: NewEvent = {
    event: 'login.succeeded',
    session: 'hers',
    protocol: 'ftp',
    address: '192.0.2.1',
    account: 'alice',
    user: 'alice',
    method: 'password',
  };
  happens(login);
  const change: NewEvent = {
    event: 'file.changed',
    session: 'hers',
    protocol: 'ftp',
    address: '192.0.2.1',
    account: 'alice',
    change: 'removed',
    path: ROOT,
  };
  for (let time = 0; time < 100; time += 1) happens(change);
  happens(closed('hers', '192.0.2.1'));
  assert.deepEqual(logged.slice(0, 2), [opened('hers', '192.0.2.1'), login].map(stamped));
  assert.equal(logged.length, 103);
});

test('events below the level of the log take no room', () => {
  for (let time = 0; time < 10; time += 1) {
    happens({ event: 'command', ...STRANGER, verb: 'NOOP', argument: '', reply: 200, durationMs: 1 }, false);
  }
  comesAndGoes('s', '192.0.2.1');
  assert.equal(logged.length, 2);
});

test('a line about a stranger has bounded length, whatever he sends', () => {
  happens({
    event: 'login.failed',
    ...STRANGER,
    user: 'x'.repeat(8000),
    method: 'password',
    code: 'credentials',
    reason: 'unknown user',
  });
  const commonNames = Array.from({ length: 1000 }, () => 'n'.repeat(1000));
  const clientCertificate = { fingerprint: '00', commonNames, alternativeNames: commonNames, verified: false };
  happens({
    event: 'session.secured',
    ...STRANGER,
    tls: { version: 'TLSv1.3', cipher: 'any', resumed: false, clientCertificate },
  });
  for (const event of logged) assert.ok(JSON.stringify(event).length < 10_000);
  assert.equal(logged.length, 2);
});

test('addresses without number share one count, so that memory and lines stay bounded', () => {
  for (let each = 0; each < 20_000; each += 1) {
    comesAndGoes(`s${each}`, `2001:db8::${each.toString(16)}`);
    comesAndGoes(`t${each}`, `2001:db8::${each.toString(16)}`);
  }
  assert.equal(logged.length, 10_000 * 4 + 4);
});
