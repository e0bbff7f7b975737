import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { OpenSessions } from './open-sessions.ts';

const ALICE = { account: 'alice', host: undefined };
const HERE = '192.0.2.1';
const never = new AbortController().signal;

let sessions: OpenSessions;

beforeEach(() => {
  sessions = new OpenSessions();
  for (const session of ['one', 'other']) sessions.begin(session, HERE);
  sessions.signIn('one', ALICE);
});

const areOne = (signal = never) => sessions.areOfOneAccount('one', 'other', signal);

test('two sessions of one account from one address belong together, until one ends', async () => {
  sessions.signIn('other', ALICE);
  assert.equal(await areOne(), true);
  sessions.end('other');
  assert.equal(await areOne(), false);
});

test('another account, another virtual host and another address do not', async () => {
  for (const who of [
    { account: 'bob', host: undefined },
    { account: 'alice', host: 'one.example' },
  ]) {
    sessions.signIn('other', who);
    assert.equal(await areOne(), false);
  }
  sessions.begin('elsewhere', '192.0.2.2');
  sessions.signIn('elsewhere', ALICE);
  assert.equal(await sessions.areOfOneAccount('one', 'elsewhere', never), false);
});

test('of a session that nobody has heard of, nothing is waited for', async () => {
  assert.equal(await sessions.areOfOneAccount('one', 'unknown', never), false);
  sessions.signIn('unknown', ALICE);
  assert.equal(await sessions.areOfOneAccount('one', 'unknown', never), false);
});

test('from another address nothing is waited for either', async () => {
  sessions.begin('elsewhere', '192.0.2.2');
  assert.equal(await sessions.areOfOneAccount('one', 'elsewhere', never), false);
});

test('a login under way is waited for, whoever it brings', async () => {
  const waiting = areOne();
  sessions.signIn('other', ALICE);
  assert.equal(await waiting, true);
  sessions.signOut('other');
  const again = areOne();
  sessions.signIn('other', { account: 'bob', host: undefined });
  assert.equal(await again, false);
});

test('the wait ends with either session, and with the signal', async () => {
  const first = areOne();
  sessions.end('other');
  assert.equal(await first, false);
  sessions.begin('other', HERE);
  const abort = new AbortController();
  const second = areOne(abort.signal);
  abort.abort();
  await assert.rejects(second, { name: 'AbortError' });
  const third = areOne();
  sessions.end('one');
  sessions.signIn('other', ALICE);
  assert.equal(await third, false);
});

test('who asks must be signed in', async () => {
  sessions.signIn('other', ALICE);
  sessions.signOut('one');
  assert.equal(await areOne(), false);
});

test('a TLS session is found by its identifier while the session that began it is open and of the same account', async () => {
  const tls = { identifier: 'ab', session: Buffer.from('secrets') };
  const find = (identifier: string) => sessions.find('one', identifier, never);
  sessions.keep('other', tls);
  const waiting = find('ab');
  sessions.signIn('other', ALICE);
  assert.equal(await waiting, tls.session);
  assert.equal(await find('cd'), undefined);
  sessions.keep('other', { ...tls, identifier: 'cd' });
  assert.equal(await find('ab'), undefined, 'a new handshake began another one');
  assert.equal(await find('cd'), tls.session);
  sessions.signIn('other', { account: 'bob', host: undefined });
  assert.equal(await find('cd'), undefined);
  sessions.signIn('other', ALICE);
  sessions.end('other');
  assert.equal(await find('cd'), undefined);
});

test('a TLS session that is too long is not kept', async () => {
  sessions.signIn('other', ALICE);
  sessions.keep('other', { identifier: 'ab', session: Buffer.alloc(5000) });
  assert.equal(await sessions.find('one', 'ab', never), undefined);
});
