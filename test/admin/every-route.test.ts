import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { ROUTES } from '../../src/service/admin/routes/index.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import {
  type Administered,
  type Asked,
  type AskOptions,
  administered,
  type Json,
  type TokenName,
} from './administered.ts';

/** What is asked of each route, in an order in which all succeed. */
const SAMPLES: { readonly [action: string]: readonly [path: string, options?: AskOptions] } = {
  'GET /me': ['/me'],
  'GET /me/new-totp': ['/me/new-totp'],
  'GET /me/passkeys': ['/me/passkeys'],
  'POST /login/passkey/options': ['/login/passkey/options'],
  'GET /status': ['/status'],
  'GET /statistics': ['/statistics'],
  'GET /sessions': ['/sessions'],
  'GET /transfers': ['/transfers'],
  'POST /sessions/end': ['/sessions/end', { json: { account: 'lena', reason: 'late' } }],
  'POST /bans': ['/bans', { json: { network: '192.0.2.0/24', until: null, reason: 'guesses' } }],
  'GET /bans': ['/bans'],
  'DELETE /bans/{network}': ['/bans/192.0.2.0%2F24'],
  'POST /groups': ['/groups', { json: { name: 'new', settings: { maxSessions: 3 } } }],
  'GET /groups': ['/groups'],
  'GET /groups/{group}': ['/groups/lab'],
  'PATCH /groups/{group}': ['/groups/new', { json: { set: { maxSessions: null } }, headers: { 'if-match': '*' } }],
  'DELETE /groups/{group}': ['/groups/new'],
  'GET /presets': ['/presets'],
  'POST /accounts': ['/accounts', { json: { name: 'nora', settings: { groups: ['lab'] }, generate: true } }],
  'GET /accounts': ['/accounts?limit=2'],
  'GET /accounts/{account}': ['/accounts/lena'],
  'PATCH /accounts/{account}': ['/accounts/nora', { json: { set: { maxSessions: 2 } }, headers: { 'if-match': '*' } }],
  'POST /accounts/{account}/password': ['/accounts/nora/password', { json: { generate: true } }],
  'POST /accounts/{account}/totp': ['/accounts/nora/totp'],
  'DELETE /accounts/{account}/totp': ['/accounts/nora/totp'],
  'POST /accounts/{account}/unlock': ['/accounts/nora/unlock'],
  'GET /accounts/{account}/rights': ['/accounts/nora/rights?path=/in/a'],
  'GET /accounts/{account}/quota': ['/accounts/nora/quota'],
  'POST /accounts/{account}/recount': ['/accounts/nora/recount'],
  'DELETE /accounts/{account}': ['/accounts/nora'],
  'POST /administrators': ['/administrators', { json: { name: 'nick', role: 'auditor' } }],
  'GET /administrators': ['/administrators'],
  'PATCH /administrators/{administrator}': ['/administrators/nick', { json: { role: 'operator', groups: ['lab'] } }],
  'POST /administrators/{administrator}/password': ['/administrators/nick/password'],
  'POST /administrators/{administrator}/totp': ['/administrators/nick/totp'],
  'DELETE /administrators/{administrator}': ['/administrators/nick'],
  'GET /tokens': ['/tokens'],
  'GET /rules': ['/rules'],
  'GET /rules/{rule}': ['/rules/tell'],
  'POST /rules/test': ['/rules/test', { json: { kind: 'uploaded', account: 'lena', path: '/a' } }],
  'POST /rules/{rule}/retry': ['/rules/tell/retry', { json: {} }],
  'POST /rules/{rule}/replay': ['/rules/tell/replay', { json: { since: '2026-01-01T00:00:00Z' } }],
  'POST /explain': ['/explain', { json: { account: 'lena', command: ['STOR'], path: '/a', from: '192.0.2.1' } }],
  'GET /certificates': ['/certificates'],
  'POST /certificates/reload': ['/certificates/reload'],
  'GET /configuration': ['/configuration'],
  'GET /audit': ['/audit?limit=5&account=lena'],
  'POST /audit/verify': ['/audit/verify'],
  'GET /crypto': ['/crypto'],
  'GET /policy': ['/policy?policy=pci'],
  'POST /backups': ['/backups', { json: { file: 'b.age', passphrase: 'twelve or more' } }],
};

/** Those that need something that a sample can't have: `login.test.ts`, `sessions.test.ts`, `tokens.test.ts`, `streamed-backup.test.ts`, `live-events.test.ts` and `test/console/` ask them. */
const ELSEWHERE = [
  'POST /first-owner',
  'POST /login',
  'POST /logout',
  'POST /me/password',
  'POST /me/totp',
  'POST /login/passkey',
  'POST /me/passkeys/options',
  'POST /me/passkeys',
  'DELETE /me/passkeys/{passkey}',
  'DELETE /administrators/{administrator}/passkeys',
  'DELETE /sessions/{session}',
  'POST /tokens',
  'POST /backup',
  'GET /events/stream',
  'DELETE /tokens/{token}',
];

/** They ask by POST, and change nothing. */
const ONLY_LOOKS = new Set(['POST /rules/test', 'POST /explain']);

const RULES = [{ name: 'tell', when: ['uploaded'], do: [{ command: { run: ['/bin/true'] } }] }];

async function ask(server: Administered, action: string, token?: TokenName): Promise<Asked> {
  const [method = ''] = action.split(' ');
  const [path, options = {}] = SAMPLES[action] ?? [action.split(' ')[1]?.replaceAll(/\{\w+\}/g, 'x') ?? ''];
  return server.ask(method, path, { ...options, ...(token && { token }) });
}

test('every route asks who comes, and for the role and the reach that its row says', async (context) => {
  const server = await administered(context);
  const actions = ROUTES.map((route) => ({ ...route, action: `${route.method} ${route.path}` }));
  assert.deepEqual(actions.map(({ action }) => action).sort(), [...Object.keys(SAMPLES), ...ELSEWHERE].sort());
  for (const { action, role, reach } of actions) {
    if (role === 'anyone') continue;
    for (const [told, answer] of [
      ['without a token', await ask(server, action)],
      ['with a token that is over', await ask(server, action, 'expired')],
    ] as const) {
      assert.equal(answer.status, 401, `${action} ${told}`);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.ok(answer.headers.has('www-authenticate'));
    }
    const [method = '', path = ''] = action.split(' ');
    for (const authorization of ['Bearer x', 'Basic b2xnYTp4', `Bearer lockport_${'0'.repeat(16)}_${'A'.repeat(43)}`]) {
      const { status } = await server.ask(method, path.replaceAll(/\{\w+\}/g, 'x'), { headers: { authorization } });
      assert.equal(status, 401, `${action} ${authorization}`);
    }
    if (role !== 'auditor') assert.equal((await ask(server, action, 'auditor')).status, 403, `${action} by an auditor`);
    if (role === 'owner') assert.equal((await ask(server, action, 'operator')).status, 403, `${action} by an operator`);
    if (reach === 'server') assert.equal((await ask(server, action, 'lab')).status, 403, `${action} of another group`);
  }
});

test('whoever is limited to groups sees accounts with one of them, and acts on those alone that have no others', async (context) => {
  const server = await administered(context);
  for (const { method, path, reach } of ROUTES) {
    const action = `${method} ${path}`;
    const [sample = '', options = {}] = SAMPLES[action] ?? [];
    const isOfAccount = path.includes('{account}') || JSON.stringify(options.json ?? {}).includes('"account"');
    if (reach !== 'groups' || !isOfAccount) continue;
    const askFor = (name: string) => {
      const named = (text: string) => text.replaceAll(/nora|lena/g, name);
      const json = options.json === undefined ? {} : { json: JSON.parse(named(JSON.stringify(options.json))) };
      return server.ask(method, named(sample), { ...options, ...json, token: 'lab' });
    };
    assert.equal((await askFor('walt')).status, 404, `${action}, of other groups`);
    assert.equal((await askFor('nobody')).status, 404, `${action}, of nobody`);
    assert.equal((await askFor('both')).status, method === 'GET' ? 200 : 403, `${action}, also of other groups`);
  }
});

test('every route answers as the document of the API says', async (context) => {
  const backups = await temporaryDirectory(context);
  const environment = { LOCKPORT_RULES: JSON.stringify(RULES), LOCKPORT_ADMIN_BACKUP_DIRECTORY: backups };
  const server = await administered(context, { environment });
  const { json: document } = await server.ask('GET', '/openapi.json');
  for (const action of Object.keys(SAMPLES)) {
    const [method = '', path = ''] = action.split(' ');
    const answer = await ask(server, action, 'owner');
    assert.ok(answer.status < 300, `${action}: ${answer.status} ${answer.text}`);
    const response = document['paths']?.[path]?.[method.toLowerCase()]?.['responses']?.[answer.status];
    assert.ok(response, `${action} is documented with ${answer.status}`);
    if (answer.status === 204) {
      assert.equal(answer.text, '');
      continue;
    }
    const parsed = z
      .fromJSONSchema(standalone(response['content']?.['application/json']?.['schema'], document) as never)
      .safeParse(answer.json);
    assert.ok(parsed.success, `${action}: ${parsed.error && z.prettifyError(parsed.error)}\n${answer.text}`);
  }
  const records = await server.ask('GET', '/audit?event=admin.acted', { token: 'owner' });
  const told = new Set(records.json['records']?.map(({ action }) => String(action)));
  for (const { method, path, isRecorded, role } of ROUTES) {
    const action = `${method} ${path}`;
    if (method !== 'GET' && !ONLY_LOOKS.has(action) && role !== 'anyone') assert.ok(isRecorded, action);
    if (isRecorded && action in SAMPLES && action !== 'GET /audit')
      assert.ok(told.has(action), `${action} is recorded`);
  }
});

test('a request that is not as its schema says is answered with the field and what is wanted there', async (context) => {
  const server = await administered(context);
  for (const [method, path, json, ...told] of [
    ['POST', '/accounts/lena/password', {}, 'body', /password is missing: expected string; or generate .*true/],
    ['POST', '/accounts/lena/password', { generate: false }, 'body', /password is missing.*; or generate .*true/],
    ['POST', '/accounts', {}, 'body.name', /is missing: expected string/],
    ['POST', '/accounts', { name: 'x', settings: { colour: 1 } }, 'body.settings.colour', /is no field here/],
    [
      'POST',
      '/accounts',
      { name: 'x', settings: { maxSessions: 'two' } },
      'body.settings.maxSessions',
      /number.*string/,
    ],
    ['POST', '/bans', { network: '192.0.2.1', until: 'soon', reason: 'x' }, 'body.until', /a moment in UTC such as/],
    ['GET', '/audit?since=today', undefined, 'query.since', /a moment in UTC such as/],
    ['GET', '/accounts?limit=0', undefined, 'query.limit', />=1/],
    ['POST', '/sessions/end', [], 'body', /expected object, received array/],
  ] as const) {
    const answer = await server.ask(method, path, { token: 'owner', ...(json !== undefined && { json }) });
    const [place, message] = told;
    const about = `${method} ${path} ${JSON.stringify(json)}: ${answer.text}`;
    assert.equal(answer.status, 400, about);
    assert.equal(answer.json['errors']?.[0]?.['place'], place, about);
    assert.match(String(answer.json['errors']?.[0]?.['message']), message, about);
    assert.match(String(answer.json['detail']), message, about);
    assert.doesNotMatch(answer.text, /Invalid input"/, about);
  }
});

test('every reference in the document of the API leads to a place in it', async (context) => {
  const server = await administered(context);
  const { json: document, text } = await server.ask('GET', '/openapi.json');
  const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference));
  assert.ok(references.size > 1);
  for (const reference of references) {
    const [, name = reference] = /^#\/components\/schemas\/(\w+)$/.exec(reference) ?? [];
    assert.ok(document['components']?.['schemas']?.[name], reference);
  }
});

test('answers have strict headers, and nothing is answered to other methods, paths and hosts', async (context) => {
  const server = await administered(context);
  const { headers } = await server.ask('GET', '/me', { token: 'auditor' });
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('x-frame-options'), 'DENY');
  assert.equal(headers.get('access-control-allow-origin'), null);
  const preflight = await server.ask('OPTIONS', '/me', { headers: { origin: 'http://evil.example' } });
  assert.equal(preflight.status, 405);
  assert.equal(preflight.headers.get('access-control-allow-origin'), null);
  assert.equal((await server.ask('DELETE', '/me', { token: 'owner' })).status, 405);
  for (const path of ['/nothing', '/accounts/', '/accounts/a/b', '//me', '/accounts/%ff', '/me/..']) {
    assert.ok([404, 405].includes((await server.ask('GET', path, { token: 'owner' })).status), path);
  }
});

/** The schema with what it refers to, as the validator takes it. */
function standalone(schema: object | undefined, document: Json): unknown {
  return JSON.parse(
    JSON.stringify({ ...schema, $defs: document['components']?.['schemas'] }).replaceAll(
      '#/components/schemas/',
      '#/$defs/',
    ),
  );
}
