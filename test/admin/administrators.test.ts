import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { totpCode } from '../../src/identity/index.ts';
import { lockport } from '../cli/lockport-process.ts';
import { ADMIN_PASSWORD, administered } from './administered.ts';

const NEW_PASSWORD = 'another pass phrase 8';

test('an administrator that an owner adds sets another password before anything else', async (context) => {
  const server = await administered(context);
  const json = { name: 'nick', role: 'operator', groups: ['lab'] };
  const made = await server.ask('POST', '/administrators', { token: 'owner', json });
  assert.equal(made.status, 201, made.text);
  const { password, totp } = made.json;
  const login = (given: object) => server.ask('POST', '/login', { json: { name: 'nick', ...given } });
  const first = await login({ password, code: totpCode(String(totp?.['secret'])) });
  assert.deepEqual([first.status, first.json['mustChangePassword']], [200, true]);
  const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const headers = { cookie, 'x-csrf-token': String(first.json['csrf']) };
  const due = await server.ask('GET', '/accounts', { headers });
  assert.deepEqual([due.status, due.json['code']], [403, 'password-due']);
  assert.equal((await server.ask('GET', '/me', { headers })).status, 200);
  const set = (json: object) => server.ask('POST', '/me/password', { headers, json });
  assert.equal((await set({ password: 'a wrong pass phrase', newPassword: NEW_PASSWORD })).status, 403);
  assert.equal((await set({ password, newPassword: 'short' })).status, 422);
  assert.equal((await set({ password, newPassword: password })).status, 422);
  assert.equal((await set({ password, newPassword: NEW_PASSWORD })).status, 204);
  assert.equal((await server.ask('GET', '/me', { headers })).status, 401);
  const { json: list } = await server.ask('GET', '/administrators', { token: 'owner' });
  const nick = list['administrators']?.find(({ administrator }) => String(administrator) === 'nick');
  assert.deepEqual([nick?.['mustChangePassword'], nick?.['hasTotp'], nick?.['groups']], [false, true, ['lab']]);
  const records = await server.ask('GET', '/audit?event=admin.acted', { token: 'owner' });
  for (const secret of [password, totp?.['secret'], NEW_PASSWORD, 'scrypt']) {
    assert.ok(!records.text.includes(String(secret)) && !server.server.output.includes(String(secret)));
  }
});

test('the last owner of the whole server keeps its role, its state and itself', async (context) => {
  const server = await administered(context);
  const as = (method: string, path: string, json?: object) =>
    server.ask(method, path, { token: 'owner', ...(json && { json }) });
  // lara is an owner of one group alone, and nobody who could take the place of olga.
  for (const [method, json] of [
    ['PATCH', { role: 'operator' }],
    ['PATCH', { groups: ['lab'] }],
    ['PATCH', { disabled: true }],
    ['DELETE'],
  ] as const) {
    const { status, json: answer } = await as(method, '/administrators/olga', json);
    assert.deepEqual([status, answer['code']], [409, 'last-owner'], `${method} ${JSON.stringify(json)}`);
  }
  assert.equal((await as('PATCH', '/administrators/anna', { role: 'owner', groups: ['nowhere'] })).status, 404);
  assert.equal((await as('PATCH', '/administrators/anna', { role: 'owner' })).status, 200);
  // Each alone could be; both at once leave nobody.
  const both = await Promise.all(
    ['anna', 'olga'].map((name) => as('PATCH', `/administrators/${name}`, { disabled: true })),
  );
  assert.equal(both.filter(({ status }) => status === 200).length, 1);
});

test('commands and the API leave the last owner together, whichever comes first', async (context) => {
  const server = await administered(context);
  const run = (...args: readonly string[]) => lockport(['admin', ...args, '--data-dir', server.dataDir]);
  for (const args of [
    ['remove', 'olga'],
    ['set', 'olga', '--role', 'auditor'],
    ['set', 'olga', '--group', 'lab'],
    ['set', 'olga', '--disable'],
  ]) {
    const { code, errors } = await run(...args);
    assert.equal(code, 1, args.join(' '));
    assert.match(errors, /Nobody would be left who may administer all/);
  }
  await server.ask('PATCH', '/administrators/anna', { token: 'owner', json: { role: 'owner' } });
  const [command, request] = await Promise.all([
    run('remove', 'anna'),
    server.ask('DELETE', '/administrators/olga', { token: 'owner' }),
  ]);
  assert.equal([command.code === 0, request.status === 204].filter(Boolean).length, 1);
});

test('a one-time password opens nothing once its time is over', async (context) => {
  const server = await administered(context);
  const json = { name: 'nick', role: 'auditor', totp: false };
  const { json: made } = await server.ask('POST', '/administrators', { token: 'owner', json });
  const login = async (hours: number) => {
    using database = new DatabaseSync(join(server.dataDir, 'lockport.db'), { timeout: 60_000 });
    const setAt = Date.now() - hours * 3_600_000;
    database.prepare("UPDATE administrators SET password_changed_at = ? WHERE name = 'nick'").run(setAt);
    return (await server.ask('POST', '/login', { json: { name: 'nick', password: made['password'] } })).status;
  };
  assert.equal(await login(23), 200);
  assert.equal(await login(25), 401);
  const { text } = await server.ask('GET', '/audit?event=admin.sign-in-failed', { token: 'owner' });
  assert.match(text, /the one-time password is over/);
  // A password that its holder has chosen is none.
  assert.equal((await server.ask('POST', '/login', { json: { name: 'anna', password: ADMIN_PASSWORD } })).status, 200);
});

test('a change by an owner ends the sessions of an administrator, and a reset opens nothing by itself', async (context) => {
  const server = await administered(context);
  const login = await server.ask('POST', '/login', { json: { name: 'anna', password: ADMIN_PASSWORD } });
  const headers = { cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  assert.equal((await server.ask('GET', '/me', { headers })).status, 200);
  assert.equal((await server.ask('POST', '/administrators/anna/totp', { token: 'owner' })).status, 200);
  assert.equal((await server.ask('GET', '/me', { headers })).status, 401);
  const without = await server.ask('POST', '/login', { json: { name: 'anna', password: ADMIN_PASSWORD } });
  assert.equal(without.status, 401, 'the code is asked for');
  assert.equal((await server.ask('POST', '/administrators/nobody/totp', { token: 'owner' })).status, 404);
  const limited = await server.ask('GET', '/administrators', { token: 'lab' });
  assert.equal(limited.status, 403);
});
