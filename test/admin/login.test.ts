import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { limitsWith } from '../../src/core/index.ts';
import { openDatabase } from '../../src/database/index.ts';
import { hashPassword, newTotpSecret, totpCode } from '../../src/identity/index.ts';
import { AdminSessions } from '../../src/service/admin/admin-sessions.ts';
import { ADMIN_PASSWORD, type Administered, type Asked, administered } from './administered.ts';

async function signIn(
  server: Administered,
  json: { readonly name: string; readonly password: string; readonly code?: string },
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked & { readonly cookie: string; readonly csrf: string }> {
  const answer = await server.ask('POST', '/login', { json, headers });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { ...answer, cookie, csrf: String(answer.json['csrf']) };
}

const ANNA = { name: 'anna', password: ADMIN_PASSWORD };

test('who looks at a session does not keep it from being idle', () => {
  let now = 0;
  const sessions = new AdminSessions(limitsWith({ adminIdleMs: 1000 }), () => now);
  const record = { name: 'anna', createdAt: new Date(), revision: 0 } as never;
  const { cookie } = sessions.begin(record);
  now = 900;
  assert.ok(sessions.look(cookie));
  now = 1100;
  assert.equal(sessions.look(cookie), undefined);
});

test('a code of the second factor is needed, taken once, and its absence reads as a wrong password', async (context) => {
  const server = await administered(context);
  const olga = { name: 'olga', password: ADMIN_PASSWORD };
  const code = totpCode(server.totpSecret);
  const wrong = await signIn(server, { ...ANNA, password: 'a wrong pass phrase' });
  const unknown = await signIn(server, { ...ANNA, name: 'nobody' });
  const without = await signIn(server, olga);
  const guessed = await signIn(server, { ...olga, code: code === '000000' ? '000001' : '000000' });
  for (const each of [wrong, unknown, without, guessed]) assert.deepEqual([each.status, each.text], [401, wrong.text]);
  // All at once: nobody is quicker than the note that it was used.
  const all = await Promise.all([1, 2, 3, 4].map(() => signIn(server, { ...olga, code })));
  assert.deepEqual(
    all.map(({ status }) => status).toSorted((one, other) => one - other),
    [200, 401, 401, 401],
  );
  assert.equal((await signIn(server, { ...olga, code })).status, 401);
  const records = await server.ask('GET', '/audit?event=admin.sign-in-failed', { token: 'owner' });
  const reasons = new Set(records.json['records']?.map(({ reason }) => String(reason)));
  for (const reason of ['wrong password', 'unknown administrator', 'no code']) assert.ok(reasons.has(reason), reason);
  assert.ok(!server.server.output.includes(ADMIN_PASSWORD) && !server.server.output.includes(server.totpSecret));
});

test('a session is one of its browser alone: cookie, token against forgery, origin', async (context) => {
  const server = await administered(context);
  const first = await signIn(server, ANNA);
  const set = first.headers.get('set-cookie') ?? '';
  assert.match(set, /^lockport-admin=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const { cookie, csrf } = first;
  assert.equal((await server.ask('GET', '/me', { headers: { cookie } })).status, 200);
  const logout = (headers: Readonly<Record<string, string>>) =>
    server.ask('POST', '/logout', { headers: { cookie, ...headers } });
  for (const [told, headers] of [
    ['without the token', {}],
    ['with another token', { 'x-csrf-token': `${csrf}x` }],
    ['of another site', { 'x-csrf-token': csrf, origin: 'http://evil.example' }],
    ['of a page without an origin', { 'x-csrf-token': csrf, origin: 'null' }],
    ['of another site, as the browser says', { 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour', { 'x-csrf-token': csrf, 'sec-fetch-site': 'same-site' }],
  ] as const) {
    assert.equal((await logout(headers)).status, 403, told);
  }
  const foreign = await signIn(server, ANNA, { origin: 'http://evil.example' });
  assert.equal(foreign.status, 403);
  const second = await signIn(server, ANNA, { cookie });
  assert.notEqual(second.cookie, cookie);
  assert.equal((await server.ask('GET', '/me', { headers: { cookie } })).status, 401, 'the session of before is over');
  const done = await server.ask('POST', '/logout', { headers: { cookie: second.cookie, 'x-csrf-token': second.csrf } });
  assert.equal(done.status, 204);
  assert.match(done.headers.get('set-cookie') ?? '', /Max-Age=0/);
  assert.equal((await server.ask('GET', '/me', { headers: { cookie: second.cookie } })).status, 401);
});

test('who guesses is banned from the whole server', async (context) => {
  const environment = { LOCKPORT_LIMITS_BAN_AFTER_FAILED_LOGINS: '5', LOCKPORT_LIMITS_MAX_FAILED_LOGIN_DELAY_MS: '1' };
  const server = await administered(context, { environment });
  for (let number = 1; number <= 5; number += 1) {
    assert.equal((await signIn(server, { ...ANNA, password: `wrong pass phrase ${number}` })).status, 401);
  }
  const banned = await signIn(server, ANNA);
  assert.deepEqual([banned.status, banned.json['code']], [403, 'banned']);
  assert.equal((await server.ask('GET', '/me', { token: 'owner' })).status, 403);
  await server.server.event((event) => event['event'] === 'address.banned' && event['network'] === '127.0.0.1');
});

test('sessions end when password, second factor, role, groups or state of their administrator change', async (context) => {
  const server = await administered(context);
  await using database = openDatabase(join(server.dataDir, 'lockport.db'));
  const { administrators } = database;
  const me = async (cookie: string) => (await server.ask('GET', '/me', { headers: { cookie } })).status;
  for (const [told, change] of [
    ['another role', () => administrators.update('anna', { role: 'operator' })],
    ['other groups', () => administrators.update('anna', { groups: ['lab'] })],
    [
      'disabled, and enabled before anybody asked',
      async () => {
        await administrators.update('anna', { disabled: true });
        await administrators.update('anna', { disabled: false });
      },
    ],
    ['a second factor that was taken away', () => administrators.setTotpSecret('anna', undefined)],
    ['another password', async () => administrators.setPasswordHash('anna', await hashPassword(ADMIN_PASSWORD))],
    ['a second factor', () => administrators.setTotpSecret('anna', newTotpSecret())],
  ] as const) {
    const { cookie } = await signIn(server, ANNA);
    assert.equal(await me(cookie), 200, told);
    await change();
    assert.equal(await me(cookie), 401, told);
  }
});

test('sessions end when they are idle, when they are old, and when there are too many', () => {
  let now = 0;
  const limits = { ...limitsWith(), adminIdleMs: 100, adminSessionMs: 350, maxAdminSessions: 2 };
  const sessions = new AdminSessions(limits, () => now);
  const date = new Date();
  const anna = {
    name: 'anna',
    role: 'owner',
    groups: [],
    disabled: false,
    passwordHash: '',
    earlierPasswordHashes: [],
    mustChangePassword: false,
    revision: 0,
    createdAt: date,
    passwordChangedAt: date,
  } as const;
  const { cookie } = sessions.begin(anna);
  for (now = 90; now < 350; now += 90) assert.ok(sessions.find(cookie), `${now}`);
  now = 350;
  assert.equal(sessions.find(cookie), undefined);
  const idle = sessions.begin(anna).cookie;
  now = 450;
  assert.equal(sessions.find(idle), undefined);
  const [oldest, ...others] = [1, 2, 3].map(() => sessions.begin(anna).cookie);
  assert.equal(sessions.find(oldest ?? ''), undefined);
  for (const each of others) assert.ok(sessions.find(each));
});
