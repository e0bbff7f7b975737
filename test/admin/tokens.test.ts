import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { totpCode } from '../../src/identity/index.ts';
import { ADMIN_PASSWORD, type Administered, administered } from './administered.ts';

const HOUR_MS = 3_600_000;

function inHours(hours: number): string {
  return new Date(Date.now() + hours * HOUR_MS).toISOString();
}

/** Asks as a browser does that has signed in. */
async function signedIn(server: Administered, name: string) {
  const code = name === 'olga' ? totpCode(server.totpSecret) : undefined;
  const login = await server.ask('POST', '/login', { json: { name, password: ADMIN_PASSWORD, ...(code && { code }) } });
  assert.equal(login.status, 200, login.text);
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const headers = { cookie, 'x-csrf-token': String(login.json['csrf']) };
  return (method: string, path: string, json?: object) => server.ask(method, path, { headers, ...(json && { json }) });
}

test('a token is made of oneself, shown once, kept nowhere, and gone at once when it is taken back', async (context) => {
  const server = await administered(context);
  const anna = await signedIn(server, 'anna');
  const made = await anna('POST', '/tokens', { role: 'auditor', expires: inHours(1), label: 'graphs' });
  assert.equal(made.status, 201, made.text);
  const { id, token, label, administrator } = made.json;
  assert.deepEqual([String(label), String(administrator)], ['graphs', 'anna']);
  const headers = { authorization: `Bearer ${String(token)}` };
  const me = await server.ask('GET', '/me', { headers });
  assert.deepEqual([me.json['administrator'], me.json['role'], me.json['token']], ['anna', 'auditor', id]);
  const listed = await anna('GET', '/tokens');
  assert.deepEqual(
    listed.json['tokens']?.map((each) => each['id']),
    [id],
  );
  const secret = String(token).slice(-43);
  assert.ok(!listed.text.includes(secret));
  for (const file of ['lockport.db', 'lockport.db-wal']) {
    assert.ok(!(await readFile(join(server.dataDir, file), 'latin1')).includes(secret));
  }
  assert.equal((await anna('DELETE', `/tokens/${String(id)}`)).status, 204);
  assert.equal((await server.ask('GET', '/me', { headers })).status, 401);
  const records = await server.ask('GET', '/audit?event=admin.acted', { token: 'owner' });
  assert.ok(!records.text.includes(secret) && !server.server.output.includes(secret));
  const of = (action: string) => records.json['records']?.find((each) => String(each['action']) === action);
  assert.deepEqual(of('POST /tokens')?.['after']?.['id'], id);
  assert.deepEqual(of('DELETE /tokens/{token}')?.['before']?.['id'], id);
});

test('a token is no wider than whoever makes it and whoever has it, and lasts no longer than is allowed', async (context) => {
  const environment = { LOCKPORT_LIMITS_MAX_ADMIN_TOKEN_DAYS: '2', LOCKPORT_LIMITS_MAX_ADMIN_TOKENS: '4' };
  const server = await administered(context, { environment });
  const [anna, lara, olga] = [
    await signedIn(server, 'anna'),
    await signedIn(server, 'lara'),
    await signedIn(server, 'olga'),
  ];
  const given = { role: 'auditor', expires: inHours(1) };
  for (const [told, answer, status] of [
    ['wider than oneself', await anna('POST', '/tokens', { ...given, role: 'operator' }), 403],
    ['of another one', await anna('POST', '/tokens', { ...given, administrator: 'olga' }), 403],
    ['of another one, by an owner of groups', await lara('POST', '/tokens', { ...given, administrator: 'anna' }), 403],
    ['lists of another one', await lara('GET', '/tokens?administrator=olga'), 403],
    ['wider than its holder', await olga('POST', '/tokens', { ...given, administrator: 'anna', role: 'owner' }), 403],
    ['of nobody', await olga('POST', '/tokens', { ...given, administrator: 'nobody' }), 404],
    ['over already', await olga('POST', '/tokens', { ...given, expires: inHours(-1) }), 400],
    ['for too long', await olga('POST', '/tokens', { ...given, expires: inHours(49) }), 400],
    ['with a label that breaks lines', await olga('POST', '/tokens', { ...given, label: 'a\nb' }), 400],
    ['by a token', await server.ask('POST', '/tokens', { token: 'owner', json: given }), 403],
    ['of another one, by an owner', await olga('POST', '/tokens', { ...given, administrator: 'anna' }), 201],
    ['of itself, by an owner of groups', await lara('POST', '/tokens', { ...given, role: 'owner' }), 201],
    // It has three more by now.
    ['in its place', await olga('POST', '/tokens', { ...given }), 409],
  ] as const) {
    assert.equal(answer.status, status, `${told}: ${answer.text}`);
  }
});

test('a token takes back none that may do more, and nobody those of others but an owner of all', async (context) => {
  const server = await administered(context);
  const olga = await signedIn(server, 'olga');
  const { json } = await olga('GET', '/tokens');
  const idOf = (name: string) => String(json['tokens']?.find((each) => String(each['label']) === name)?.['id']);
  assert.equal((await server.ask('DELETE', `/tokens/${idOf('owner')}`, { token: 'auditor' })).status, 403);
  assert.equal((await server.ask('DELETE', `/tokens/${idOf('auditor')}`, { token: 'lab' })).status, 404);
  assert.equal((await server.ask('DELETE', '/tokens/0000000000000000', { token: 'owner' })).status, 404);
  assert.equal((await server.ask('DELETE', `/tokens/${idOf('operator')}`, { token: 'operator' })).status, 204);
  assert.equal((await server.ask('GET', '/me', { token: 'operator' })).status, 401);
});
