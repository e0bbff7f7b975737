import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ADMIN_PASSWORD, administered } from '../admin/administered.ts';

/*
 * Whoever can reach the port of administrators, signed in or not, sends what no browser sends.
 */

/** `npm run bad-logins` sends ten thousand. */
const BAD_LOGINS = Number(process.env['LOCKPORT_BAD_LOGINS'] ?? 200);

async function raw(port: number, request: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(request);
  return socket;
}

async function statusOf(port: number, request: string): Promise<string> {
  const socket = await raw(port, request);
  const answer = await text(socket).catch(() => '');
  socket.destroy();
  return answer.split(' ')[1] ?? 'closed';
}

test('no field lets anything in that it should not hold', async (context) => {
  const server = await administered(context);
  const nasty = [
    "x' OR 1=1 --",
    '"; DROP TABLE accounts; --',
    '../../etc/passwd',
    '..%2f..%2f',
    'a\r\nset-cookie: x=1',
    'a\u0000b',
    '\u202egpj',
    '<script>alert(1)</script>',
    '__proto__',
    'constructor',
    '#{jndi:ldap://x}',
    '%s%n',
    'x'.repeat(3000),
  ];
  const hurt = (answer: { readonly status: number; readonly text: string }, told: string) => {
    assert.ok(answer.status < 500, `${told}: ${answer.status} ${answer.text}`);
    assert.ok(!/\bat .*\.ts:\d+|SQLITE|node:internal/.test(answer.text), `${told}: ${answer.text}`);
  };
  for (const text of nasty) {
    const part = encodeURIComponent(text);
    for (const path of ['/accounts/', '/groups/', '/rules/', '/bans/', '/sessions/', '/tokens/']) {
      hurt(
        await server.ask(['/bans/', '/tokens/'].includes(path) ? 'DELETE' : 'GET', `${path}${part}`, {
          token: 'owner',
        }),
        `${path}${text}`,
      );
    }
    for (const name of ['account', 'path', 'event', 'address', 'since', 'limit', 'after', text]) {
      hurt(
        await server.ask('GET', `/audit?${encodeURIComponent(name)}=${part}`, { token: 'owner' }),
        `${name}=${text}`,
      );
    }
    hurt(await server.ask('GET', `/accounts/lena/rights?path=${part}`, { token: 'owner' }), `rights at ${text}`);
    for (const [path, json] of [
      ['/accounts', { name: text, settings: { groups: ['lab'] } }],
      ['/accounts', { name: 'n', settings: { groups: [text] } }],
      ['/accounts', { name: 'n', settings: { home: text, rights: [], [text]: 1 } }],
      ['/groups', { name: text, settings: { home: text } }],
      ['/bans', { network: text, until: null, reason: text.slice(0, 200) }],
      ['/sessions/end', { account: text, reason: text.slice(0, 200) }],
      ['/rules/test', { kind: text, path: text }],
      ['/backups', { file: text, passphrase: 'twelve or more' }],
      ['/backup', { passphrase: text.slice(0, 11) }],
      ['/tokens', { role: text, expires: text, label: text, administrator: text }],
      ['/login', { name: text, password: text }],
    ] as const) {
      hurt(await server.ask('POST', path, { token: 'owner', json }), `${path} ${text}`);
    }
  }
  const { json } = await server.ask('GET', '/accounts', { token: 'owner' });
  assert.ok(
    json['accounts']?.some(({ name }) => String(name) === 'lena'),
    'nothing was dropped',
  );
});

test('bodies that are no JSON, too deep, too long or of another kind are refused', async (context) => {
  const server = await administered(context);
  const send = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
    const authorization = `Bearer ${server.tokens.owner}`;
    const init = { method: 'POST', body, headers: { authorization, 'content-type': 'application/json', ...headers } };
    const answer = await fetch(`${server.base}/accounts`, init);
    await answer.text();
    return answer.status;
  };
  assert.equal(await send('{'), 400);
  assert.equal(await send('"x"'), 400);
  assert.equal(await send('null'), 400);
  assert.equal(await send(`${'['.repeat(30_000)}${']'.repeat(30_000)}`), 400);
  assert.equal(await send('{"__proto__":{"role":"owner"},"name":"x"}'), 400);
  assert.equal(await send('name=x', { 'content-type': 'application/x-www-form-urlencoded' }), 415);
  assert.equal(await send('{}', { 'content-type': 'text/plain' }), 415);
  assert.equal(await send('{}', { 'content-encoding': 'gzip' }), 415);
  assert.equal(await send(`{"name":"${'x'.repeat(70_000)}"}`), 413);
  const { port } = server;
  const head = `POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\n`;
  assert.equal(await statusOf(port, `${head}Content-Length: 99999999999\r\n\r\n`), '413');
  assert.equal(
    await statusOf(port, `${head}Transfer-Encoding: chunked\r\n\r\n20000\r\n${'x'.repeat(0x20000)}\r\n0\r\n\r\n`),
    '413',
  );
  assert.equal(
    await statusOf(port, `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET`),
    '400',
  );
  assert.equal(await statusOf(port, `${head}Content-Length: -1\r\n\r\n`), '400');
});

test('headers, addresses and hosts that no client of ours sends are refused', async (context) => {
  const { port, server } = await administered(context);
  const get = (host: string, rest = '') =>
    statusOf(port, `GET /api/v1/me HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${rest}\r\n`);
  assert.equal(await get('localhost'), '401');
  assert.equal(await get(`127.0.0.1:${port}`), '401');
  assert.equal(await get('[::1]:1'), '401');
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    'localhost@evil.example',
    '127.0.0.1.nip.io',
    '',
    'a b',
  ]) {
    assert.ok(['421', '400'].includes(await get(host)), host);
  }
  assert.equal(await statusOf(port, 'GET /api/v1/me HTTP/1.1\r\nConnection: close\r\n\r\n'), '400');
  assert.equal(await get('localhost', `X: ${'x'.repeat(20_000)}\r\n`), '431');
  const long = `GET /api/v1/me?${'x'.repeat(5000)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  assert.equal(await statusOf(port, long), '414');
  assert.equal(
    await statusOf(
      port,
      `GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n`,
    ),
    'closed',
  );
  assert.equal(await statusOf(port, `CONNECT evil:80 HTTP/1.1\r\nHost: localhost\r\n\r\n`), 'closed');
  assert.equal(await statusOf(port, '\u0016\u0003\u0001 not http\r\n\r\n'), '400');
  assert.equal(server.output.includes('"level":"error"'), false);
});

test('who sends slowly, or nothing, is sent away, and holds up nobody', async (context) => {
  const environment = {
    LOCKPORT_LIMITS_ADMIN_REQUEST_MS: '1000',
    LOCKPORT_LIMITS_MAX_ADMIN_CONNECTIONS_PER_ADDRESS: '8',
  };
  const server = await administered(context, { environment });
  const slow = await Promise.all(
    ['', 'GET /api', 'POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{'].map((start) =>
      raw(server.port, start),
    ),
  );
  assert.equal((await server.ask('GET', '/me', { token: 'auditor' })).status, 200);
  for (const socket of slow) assert.match(await text(socket).catch(() => ''), /^(HTTP\/1\.1 408|$)/);
  const many = await Promise.all(Array.from({ length: 20 }, () => raw(server.port, 'GET ').catch(() => undefined)));
  // An end by force is one, too.
  for (const socket of many)
    if (socket && !socket.closed) await new Promise((resolve) => socket.once('close', resolve).resume());
  assert.equal((await server.ask('GET', '/me', { token: 'auditor' })).status, 200);
});

test('whoever does not end a body takes no place of those whose requests are there', async (context) => {
  const server = await administered(context, { environment: { LOCKPORT_LIMITS_MAX_ADMIN_REQUESTS_AT_ONCE: '1' } });
  const head = 'POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n';
  const socket = await raw(server.port, head);
  context.after(() => socket.destroy());
  const [first] = (await once(socket, 'data')) as [Buffer];
  assert.match(String(first), /^HTTP\/1\.1 100 /);
  assert.equal((await server.ask('GET', '/me', { token: 'auditor' })).status, 200);
});

test(`${BAD_LOGINS} bad logins cost little, open nothing, and end in a ban`, async (context) => {
  const environment = {
    LOCKPORT_LIMITS_MAX_ADMIN_REQUESTS_PER_MINUTE: '100000',
    LOCKPORT_LIMITS_BAN_AFTER_FAILED_LOGINS: '10',
  };
  const server = await administered(context, { environment });
  const counts = new Map<number, number>();
  let left = BAD_LOGINS;
  const guess = async () => {
    const json = { name: 'anna', password: `guess number ${left}` };
    // A connection that ends between two requests is no answer.
    const status = await server.ask('POST', '/login', { json }).then(
      (answer) => answer.status,
      () => 0,
    );
    counts.set(status, (counts.get(status) ?? 0) + 1);
    return status;
  };
  const guessOn = async () => {
    while (left > 0) {
      left -= 1;
      await guess();
    }
  };
  await Promise.all(Array.from({ length: 24 }, guessOn));
  // Those that come while others are looked at are sent away unseen; so the last ones may be needed for the ban.
  for (let number = 1; number <= 30 && !counts.has(403); number += 1) await guess();
  assert.ok(counts.has(403), JSON.stringify([...counts]));
  assert.equal(counts.get(200), undefined);
  // Those that were looked at are no more than the throttle allows, with what was under way when the ban came.
  assert.ok((counts.get(401) ?? 0) <= 10 + 16, JSON.stringify([...counts]));
  const { status } = await server.ask('POST', '/login', { json: { name: 'anna', password: ADMIN_PASSWORD } });
  assert.equal(status, 403);
});

test('who guesses from one address does not take the room of those who sign in from others', async (context) => {
  const minute = '60000';
  const environment = {
    LOCKPORT_LIMITS_MAX_ADMIN_LOGINS_AT_ONCE: '4',
    LOCKPORT_LIMITS_FAILED_LOGIN_DELAY_MS: minute,
    LOCKPORT_LIMITS_MAX_FAILED_LOGIN_DELAY_MS: minute,
  };
  const { port, server } = await administered(context, { environment });
  const login = (name: string, password: string, localAddress: string) => {
    const headers = { 'content-type': 'application/json', host: 'localhost' };
    const sent = request({ host: '127.0.0.1', port, path: '/api/v1/login', method: 'POST', headers, localAddress });
    context.after(() => sent.destroy());
    return sent.on('error', () => undefined).end(JSON.stringify({ name, password }));
  };
  for (const name of ['a', 'b', 'c', 'd', 'e']) login(name, 'a wrong pass phrase', '127.0.0.1');
  await server.event(({ event }) => event === 'admin.sign-in-failed');
  const [answer] = (await once(login('anna', ADMIN_PASSWORD, '127.0.0.2'), 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
});

test('too many requests of one address are told when to come again', async (context) => {
  const server = await administered(context, { environment: { LOCKPORT_LIMITS_MAX_ADMIN_REQUESTS_PER_MINUTE: '5' } });
  for (let number = 1; number <= 5; number += 1) await server.ask('GET', '/me', { token: 'auditor' });
  const { status, headers } = await server.ask('GET', '/me', { token: 'auditor' });
  assert.equal(status, 429);
  assert.ok(Number(headers.get('retry-after')) >= 1);
});
