import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../../src/database/index.ts';
import { lockport, temporaryDirectory } from '../cli/lockport-process.ts';
import { administered } from './administered.ts';

test('of two administrators who change one account, the second one is told so', async (context) => {
  const server = await administered(context);
  const read = await server.ask('GET', '/accounts/lena', { token: 'owner' });
  const etag = read.headers.get('etag') ?? '';
  assert.match(etag, /^"[\w-]{22}"$/);
  const change = (json: object, headers = {}) =>
    server.ask('PATCH', '/accounts/lena', { token: 'operator', json, headers });
  assert.equal((await change({ set: { maxSessions: 1 } })).status, 428);
  const first = await change({ set: { maxSessions: 1, quota: { files: 9 } } }, { 'if-match': etag });
  assert.equal(first.status, 200);
  const second = await change({ set: { maxSessions: 2 } }, { 'if-match': etag });
  assert.deepEqual([second.status, second.json['code']], [412, 'changed-meanwhile']);
  const both = await Promise.all(
    [3, 4, 5].map((maxSessions) => change({ set: { maxSessions } }, { 'if-match': first.headers.get('etag') ?? '' })),
  );
  assert.deepEqual(
    both.map(({ status }) => status).toSorted((one, other) => one - other),
    [200, 412, 412],
  );
  const now = await server.ask('GET', '/accounts/lena', { token: 'owner' });
  assert.equal(now.json['own']?.['quota']?.['files'], 9, 'what was not named stays');
  const inherited = await change({ inherit: ['quota.files'] }, { 'if-match': '*' });
  assert.equal(inherited.json['own']?.['quota']?.['files'], undefined);
  assert.deepEqual(inherited.json['origins']?.['home'], { from: 'group', group: 'lab' });
  assert.equal(
    (await server.ask('DELETE', '/accounts/lena', { token: 'owner', headers: { 'if-match': etag } })).status,
    412,
  );
});

test('what was changed is recorded with who, before and after, and no secrets', async (context) => {
  const server = await administered(context);
  const password = 'a very long pass phrase 9';
  await server.ask('PATCH', '/accounts/lena', {
    token: 'operator',
    json: { set: { maxSessions: 4 } },
    headers: { 'if-match': '*' },
  });
  await server.ask('POST', '/accounts/lena/password', { token: 'operator', json: { password } });
  const made = await server.ask('POST', '/accounts', {
    token: 'operator',
    json: { name: 'g', settings: { groups: ['lab'] }, generate: true },
  });
  assert.equal((await server.ask('DELETE', '/accounts/g', { token: 'auditor' })).status, 403);
  const { json, text } = await server.ask('GET', '/audit?event=admin.acted&account=lena', { token: 'owner' });
  const [changed, set] = json['records'] ?? [];
  const ownBefore = Object.fromEntries(Object.entries(changed?.['before'] ?? {}));
  assert.deepEqual(
    [changed?.['administrator'], changed?.['action'], changed?.['outcome'], changed?.['before'], changed?.['after']],
    ['olga', 'PATCH /accounts/{account}', 'done', ownBefore, { ...ownBefore, maxSessions: 4 }],
  );
  assert.equal(set?.['action'], 'POST /accounts/{account}/password');
  const refused = await server.ask('GET', '/audit?event=admin.acted&account=g', { token: 'owner' });
  assert.equal(refused.json['records']?.at(-1)?.['outcome'], 'refused');
  const generated = String(made.json['password']);
  assert.match(generated, /^[a-z0-9-]{20,}$/);
  for (const told of [text, refused.text, server.server.output, server.server.errors]) {
    assert.ok(!told.includes(password) && !told.includes(generated) && !told.includes('scrypt'));
  }
});

test('whoever is limited to groups sees and changes nothing beyond them', async (context) => {
  const server = await administered(context);
  const as = (method: string, path: string, json?: unknown) =>
    server.ask(method, path, { token: 'lab', ...(json !== undefined && { json }), headers: { 'if-match': '*' } });
  const { json } = await as('GET', '/accounts');
  assert.deepEqual(
    json['accounts']?.map(({ name }) => name),
    ['both', 'lena'],
  );
  assert.deepEqual(
    (await as('GET', '/groups')).json['groups']?.map(({ name }) => name),
    ['lab'],
  );
  for (const [status, method, path, body] of [
    [404, 'GET', '/accounts/walt'],
    [404, 'PATCH', '/accounts/walt', { set: { disabled: true } }],
    [404, 'DELETE', '/accounts/walt'],
    [404, 'POST', '/accounts/walt/password', { generate: true }],
    [404, 'POST', '/accounts/walt/unlock'],
    [404, 'POST', '/accounts/walt/totp'],
    [404, 'DELETE', '/accounts/walt/totp'],
    [404, 'GET', '/accounts/walt/quota'],
    [404, 'POST', '/accounts/walt/recount'],
    [404, 'POST', '/sessions/end', { account: 'walt' }],
    [404, 'GET', '/groups/ward'],
    // Its password would open what the other group gives.
    [403, 'POST', '/accounts/both/password', { generate: true }],
    [403, 'PATCH', '/accounts/both', { set: { disabled: true } }],
    [403, 'DELETE', '/accounts/both'],
    [403, 'POST', '/accounts/both/totp'],
    [403, 'DELETE', '/accounts/both/totp'],
    // A home, rights, mounts or another group would lead out of the group.
    [403, 'PATCH', '/accounts/lena', { set: { home: '/' } }],
    [403, 'PATCH', '/accounts/lena', { set: { rights: [{ path: '/', rights: ['delete'] }] } }],
    [403, 'PATCH', '/accounts/lena', { set: { mounts: [{ at: '/x', storage: 'default' }] } }],
    [403, 'PATCH', '/accounts/lena', { set: { directories: ['/x'] } }],
    [403, 'PATCH', '/accounts/lena', { set: { groups: ['ward'] } }],
    [403, 'PATCH', '/accounts/lena', { set: { quota: { bytes: null } } }],
    [403, 'PATCH', '/accounts/lena', { inherit: ['groups'] }],
    [403, 'POST', '/accounts', { name: 'x', settings: {} }],
    [403, 'POST', '/accounts', { name: 'x', settings: { groups: ['ward'] } }],
    [403, 'POST', '/accounts', { name: 'x', settings: { groups: ['lab', 'ward'] } }],
    [403, 'POST', '/accounts', { name: 'x', settings: { groups: ['lab'], home: '/' } }],
    [403, 'GET', '/audit'],
    [403, 'GET', '/audit?account=walt'],
    [200, 'GET', '/audit?account=lena'],
    [200, 'PATCH', '/accounts/lena', { set: { disabled: true, allowedAddresses: ['192.0.2.1'] } }],
    [201, 'POST', '/accounts', { name: 'x', settings: { groups: ['lab'] } }],
    [200, 'POST', '/accounts/x/password', { generate: true }],
  ] as const) {
    const answer = await as(method, path, body);
    assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(body)}: ${answer.text}`);
  }
});

test('no account that somebody limited to groups makes reaches files of other groups, whatever its name', async (context) => {
  const server = await administered(context);
  const as = (token: 'lab' | 'operator', method: string, path: string, json: object) =>
    server.ask(method, path, { token, json, headers: { 'if-match': '*' } });
  for (const [name, settings] of [
    ['desk', { home: '/lab/staff/{name}', rights: [] }],
    ['carts', { home: '/lab/cart-{name}', rights: [] }],
    ['plain', { home: '/lab/{name}', rights: [] }],
    [
      'cold',
      { home: '/cold/{name}', rights: [], mounts: [{ at: '/x', storage: 'default', path: '/lab/iced/{name}' }] },
    ],
  ] as const) {
    assert.equal((await as('operator', 'POST', '/groups', { name, settings })).status, 201);
  }
  for (const [name, home] of [
    ['boss', '/lab/chief'],
    ['deep', '/lab/board/minutes'],
    ['all', '/'],
    ['literal', '/lab/{name}'],
  ] as const) {
    assert.equal((await as('operator', 'POST', '/accounts', { name, settings: { home, rights: [] } })).status, 201);
  }
  const settings = { groups: ['plain'] };
  assert.equal((await as('operator', 'POST', '/accounts', { name: 'paul', settings })).status, 201);
  // Above, at and above homes that there are; above those and at those that groups give; a mount counts as a home does.
  for (const [name, status] of [
    ['staff', 403],
    ['chief', 403],
    ['board', 403],
    ['cart-7', 403],
    ['iced', 403],
    ['{name}', 403],
    ['cart-', 201],
    ['stafff', 201],
    ['chie', 201],
  ] as const) {
    const made = await as('lab', 'POST', '/accounts', { name, settings: { groups: ['lab'] } });
    assert.equal(made.status, status, `${name}: ${made.text}`);
  }
  assert.ok(!(await readdir(join(server.dataDir, 'files', 'lab'))).includes('iced'), 'no directory is made either');
  // All members of a group have what it gives to all alike: the name decides nothing there.
  const mounts = [{ at: '/all', storage: 'default', path: '/lab/staff' }];
  assert.equal((await as('operator', 'PATCH', '/groups/lab', { set: { mounts } })).status, 200);
  assert.equal((await as('lab', 'POST', '/accounts', { name: 'liz', settings: { groups: ['lab'] } })).status, 201);
});

test('a password that an administrator has set must be changed first, where the rules say so', async (context) => {
  const server = await administered(context, { environment: { LOCKPORT_PASSWORDS_CHANGE_AFTER_RESET: 'true' } });
  const settings = { groups: ['lab'] };
  const made = await server.ask('POST', '/accounts', {
    token: 'operator',
    json: { name: 'g', settings, generate: true },
  });
  assert.deepEqual([made.status, made.json['mustChangePassword']], [201, true]);
  const read = () => server.ask('GET', '/accounts/lena', { token: 'operator' });
  assert.equal((await read()).json['mustChangePassword'], false);
  const json = { password: 'a very long pass phrase 9' };
  assert.equal((await server.ask('POST', '/accounts/lena/password', { token: 'operator', json })).status, 200);
  assert.equal((await read()).json['mustChangePassword'], true);
});

test('a change that is refused has changed nothing', async (context) => {
  const server = await administered(context);
  await writeFile(join(server.dataDir, 'files', 'occupied'), '');
  const headers = { 'if-match': '*' };
  const mounts = [{ at: '/x', storage: 'nowhere' }];
  for (const [path, method, json] of [
    ['/accounts/lena', 'PATCH', { set: { mounts } }],
    ['/accounts/lena', 'PATCH', { set: { home: '/occupied/lena' } }],
    ['/accounts', 'POST', { name: 'g', settings: { groups: ['lab'], mounts } }],
    ['/groups/lab', 'PATCH', { set: { mounts } }],
    ['/groups', 'POST', { name: 'g', settings: { mounts } }],
  ] as const) {
    const seen = async () => (await server.ask('GET', method === 'POST' ? `${path}/g` : path, { token: 'owner' })).text;
    const before = await seen();
    const answer = await server.ask(method, path, { token: 'operator', headers, json });
    assert.equal(answer.status, 422, `${method} ${path}: ${answer.text}`);
    assert.equal(await seen(), before, `${method} ${path} ${JSON.stringify(json)}`);
  }
  // No directory either: "lena" is there, so that nothing is made for another one of that name.
  const again = { name: 'lena', settings: { groups: ['lab'], home: '/left-over' } };
  assert.equal((await server.ask('POST', '/accounts', { token: 'operator', json: again })).status, 409);
  assert.ok(!(await readdir(join(server.dataDir, 'files'))).includes('left-over'));
});

test('a name that another account had before opens none of its records', async (context) => {
  const server = await administered(context);
  const changed = { token: 'owner', headers: { 'if-match': '*' }, json: { set: { maxSessions: 3 } } } as const;
  assert.equal((await server.ask('PATCH', '/accounts/walt', changed)).status, 200);
  assert.equal((await server.ask('DELETE', '/accounts/walt', { token: 'owner' })).status, 204);
  const json = { name: 'walt', settings: { groups: ['lab'] } };
  assert.equal((await server.ask('POST', '/accounts', { token: 'lab', json })).status, 201);
  const actions = async (token: 'lab' | 'owner', rest = '') => {
    const answer = await server.ask('GET', `/audit?account=walt&event=admin.acted${rest}`, { token });
    const methods = answer.json['records']?.map(({ action }) => String(action).split(' ')[0]);
    return methods?.filter((method) => method !== 'GET');
  };
  assert.deepEqual(await actions('owner'), ['PATCH', 'DELETE', 'POST']);
  assert.deepEqual(await actions('lab'), ['POST']);
  assert.deepEqual(await actions('lab', '&since=2000-01-01T00:00:00Z'), ['POST']);
  assert.deepEqual(await actions('lab', '&since=2999-01-01T00:00:00Z'), []);
});

test('the record tells what something was done to, whether it was done or refused', async (context) => {
  const server = await administered(context);
  const token = 'operator';
  await server.ask('POST', '/accounts', { token, json: { name: 'g', settings: { groups: ['lab'] } } });
  await server.ask('POST', '/accounts', { token, json: { name: 'g', settings: { groups: ['lab'] } } });
  await server.ask('POST', '/groups', { token, json: { name: 'desk' } });
  await server.ask('POST', '/sessions/end', { token: 'lab', json: { account: 'walt' } });
  await server.ask('POST', '/bans', { token, json: { network: '192.0.2.0/24', until: null, reason: 'tries' } });
  await server.ask('GET', '/audit?account=lena&path=/a', { token });
  const { json } = await server.ask('GET', '/audit?event=admin.acted', { token });
  assert.deepEqual(
    json['records']?.map(({ outcome, target }) => [outcome, target]),
    [
      ['done', { account: 'g' }],
      ['refused', { account: 'g' }],
      ['done', { group: 'desk' }],
      ['refused', { account: 'walt' }],
      ['done', { network: '192.0.2.0/24' }],
      ['done', { account: 'lena', path: '/a' }],
    ],
  );
});

test('what is taken from an administrator is gone at once', async (context) => {
  const server = await administered(context);
  const json = { name: 'anna', password: 'four words and a number 7' };
  const login = await server.ask('POST', '/login', { json });
  const headers = { cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  assert.equal((await server.ask('GET', '/me', { headers })).status, 200);
  await using database = openDatabase(join(server.dataDir, 'lockport.db'));
  await database.administrators.setPasswordHash('anna', 'other');
  assert.equal((await server.ask('GET', '/me', { headers })).status, 401);
  await database.administrators.update('anna', { role: 'owner' });
  await database.administrators.update('olga', { role: 'auditor' });
  assert.equal((await server.ask('POST', '/audit/verify', { token: 'owner' })).status, 200);
  assert.equal((await server.ask('POST', '/accounts/lena/unlock', { token: 'owner' })).status, 403);
  await database.administrators.update('olga', { disabled: true });
  assert.equal((await server.ask('GET', '/me', { token: 'owner' })).status, 401);
});

test('an address that others reach demands TLS, and a port that is taken is named with the way out', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const environment = { LOCKPORT_ADMIN_ADDRESS: '0.0.0.0' };
  const open = await lockport(['serve', '--data-dir', dataDir, '--admin-port', '0'], { environment });
  assert.equal(open.code, 2);
  assert.match(open.errors, /admin\.address: can be reached from other machines: name admin\.tls\.certificate/);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { readonly port: number };
  const base = [
    'serve',
    '--data-dir',
    dataDir,
    '--listen',
    '127.0.0.1',
    '--explicit-port',
    '0',
    '--implicit-port',
    '0',
  ];
  const taken = await lockport([...base, '--admin-port', String(port)]);
  assert.match(taken.errors, /for administrators, is taken by another program: choose another by --admin-port N/);
  assert.equal(taken.code, 1);
  other.close();
});
