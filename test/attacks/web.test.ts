import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startTestWeb, type TestWeb, type TestWebOptions } from '../../src/testing/running-web.ts';
import { WebClient } from '../../src/testing/web-client.ts';

/** All that a browser of ours sends by itself, over a connection in clear that a test writes by hand. */
async function plain(options: TestWebOptions = {}): Promise<TestWeb> {
  return startTestWeb({ isPlain: true, ...options });
}

async function connected({ port }: TestWeb): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** All that comes back until the server ends the connection. */
async function answersTo(server: TestWeb, sent: string): Promise<string> {
  const socket = await connected(server);
  socket.write(sent);
  return text(socket).catch(() => 'reset');
}

test('no path leads out of the home, however it is written', async () => {
  await using server = await startTestWeb();
  await mkdir(join(server.root, 'd'));
  await symlink('/etc', join(server.root, 'd', 'out'));
  const client = await WebClient.signIn(server);
  for (const path of [
    '/../../../../etc/passwd',
    '/d/../../../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/d/out/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//etc/passwd',
  ]) {
    const answer = await client.get(`/content?path=${encodeURIComponent(path)}`);
    assert.ok([403, 404].includes(answer.status), `${path}: ${answer.status}`);
    assert.doesNotMatch(answer.text, /root:/);
    const upload = await client.upload(path.replace('passwd', 'evil'), Buffer.from('x'));
    assert.notEqual(upload.status, 200, path);
    assert.notEqual((await client.post('/move', { from: '/d', to: path })).status, 200, path);
  }
  for (const path of ['', 'etc/passwd', '/a\0b', '/a\nb', `/${'x'.repeat(300)}`, '/x'.repeat(3000)]) {
    const answer = await client.get(`/file?path=${encodeURIComponent(path)}`);
    assert.equal(answer.status, 400, JSON.stringify(path));
  }
  const { url = '' } = (await client.post('/archives', { paths: ['/d'] })).json as { url?: string };
  assert.doesNotMatch((await client.ask('GET', `/${url}`)).text, /root:/);
  assert.deepEqual(await readdir(server.root), ['d']);
});

test('a change that another site sends is refused, with the cookie too', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  const { csrf = '' } = client;
  client.csrf = undefined;
  const body = { path: '/made' };
  for (const headers of [
    {},
    { 'x-csrf-token': 'guess' },
    { 'x-csrf-token': csrf, origin: 'https://evil.example' },
    { 'x-csrf-token': csrf, origin: 'null' },
    { 'x-csrf-token': csrf, origin: server.origin.replace('https', 'http') },
    { 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' },
    { 'x-csrf-token': csrf, 'sec-fetch-site': 'same-site' },
  ]) {
    const answer = await client.post('/directories', body, headers);
    assert.deepEqual([answer.status, answer.json['code']], [403, 'forged-request'], JSON.stringify(headers));
  }
  const form = await client.post('/directories', body, { 'x-csrf-token': csrf, 'content-type': 'text/plain' });
  assert.equal(form.status, 415);
  const login = { user: 'alice', password: 'wonderland' };
  const foreign = await new WebClient(server).post('/session', login, { origin: 'https://evil.example' });
  assert.equal(foreign.status, 403);
  const asked = await client.ask('OPTIONS', '/directories', { headers: { origin: 'https://evil.example' } });
  assert.equal(asked.status, 405);
  assert.deepEqual(
    Object.keys(asked.headers).filter((name) => name.startsWith('access-control')),
    [],
  );
  const own = await client.post('/directories', body, {
    'x-csrf-token': csrf,
    origin: server.origin,
    'sec-fetch-site': 'same-origin',
  });
  assert.equal(own.status, 201);
});

test('another name for the host is refused, so that no page can bind its own name to our address', async () => {
  await using server = await plain({ hosts: ['files.example.org'] });
  const client = new WebClient(server);
  for (const host of ['evil.example', 'localhost.evil.example', 'evil.example:443', 'localhost@evil.example', 'a b']) {
    const answer = await client.get('/me', { host });
    assert.ok([400, 421].includes(answer.status), `${host}: ${answer.status}`);
  }
  for (const host of ['files.example.org', 'FILES.example.org:8443', 'localhost:1', '127.0.0.1', '[::1]:8443']) {
    assert.equal((await client.get('/me', { host })).status, 401, host);
  }
});

test('nobody brings a session along into a login, and a login ends the session before', async () => {
  await using server = await startTestWeb();
  const attacker = await WebClient.signIn(server, 'bob');
  const victim = new WebClient(server);
  victim.cookie = attacker.cookie;
  const login = await victim.post('/session', { user: 'alice', password: 'wonderland' });
  assert.equal(login.status, 200);
  assert.notEqual(victim.cookie, attacker.cookie);
  assert.equal((await attacker.get('/me')).status, 401, 'the session that was planted is over');
  assert.match(
    login.headers['set-cookie']?.[0] ?? '',
    /^__Host-lockport-files=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  assert.equal(login.headers['cache-control'], 'no-store');
  const made = new WebClient(server);
  made.cookie = `__Host-lockport-files=${'A'.repeat(43)}`;
  assert.equal((await made.get('/me')).status, 401);
});

test('what one session holds is none of another one', async () => {
  await using server = await startTestWeb();
  await writeFile(join(server.root, 'f'), 'f');
  const [one, other] = [await WebClient.signIn(server), await WebClient.signIn(server, 'bob')];
  const { id } = (await one.post('/uploads', { path: '/up', size: 3 })).json as { id: string };
  const { url } = (await one.post('/archives', { paths: ['/f'] })).json as { url: string };
  assert.equal((await other.chunk(id, 0, Buffer.from('bad'))).status, 404);
  assert.equal((await other.post(`/uploads/${id}/commit`, {})).status, 404);
  assert.equal((await other.ask('DELETE', `/uploads/${id}`)).status, 404);
  assert.equal((await other.ask('GET', `/${url}`)).status, 404);
});

test('passwords that are tried end in a ban, and nobody learns which names there are', async () => {
  await using server = await startTestWeb({ limits: { banAfterFailedLogins: 4 } });
  const client = new WebClient(server);
  const wrong = await client.post('/session', { user: 'alice', password: 'x' });
  const unknown = await client.post('/session', { user: 'nobody', password: 'x' });
  assert.deepEqual([wrong.status, wrong.text], [unknown.status, unknown.text]);
  assert.deepEqual([wrong.status, wrong.json['code']], [401, 'credentials']);
  await client.post('/password', { user: 'alice', from: 'y', to: 'a new password' });
  await client.post('/session', { user: 'alice', password: 'z' });
  await assert.rejects(client.post('/session', { user: 'alice', password: 'wonderland' }), 'not even a connection');
  const told = server.events.filter(({ event }) => event === 'login.failed' || event === 'address.banned');
  assert.equal(told.length, 5);
});

test('a session ends at once where its account is changed, or an operator ends it', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  const other = await WebClient.signIn(server, 'bob');
  server.control.endSessions('alice', 'disabled');
  await server.event(({ event }) => event === 'session.closed');
  assert.equal((await client.get('/files?path=/')).status, 401);
  const [session] = await server.host.sessions();
  assert.equal(await server.host.endSession(session?.session ?? '', 'kicked'), true);
  assert.equal((await other.get('/me')).status, 401);
  assert.deepEqual(await server.host.sessions(), []);
});

test('whoever sends a head or a body slowly, or reads nothing, holds no place', async () => {
  await using server = await plain({ limits: { webRequestMs: 200, stallMs: 200 } });
  await writeFile(join(server.root, 'f'), Buffer.alloc(50_000_000));
  const silent = await connected(server);
  await text(silent);
  const half = await connected(server);
  half.write('GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nX-A: ');
  await text(half);
  const slow = await answersTo(
    server,
    'POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  assert.match(slow, /^HTTP\/1\.1 408 .*"too-slow"/s);
  const { cookie = '' } = await WebClient.signIn(server);
  const deaf = await connected(server);
  deaf.pause();
  deaf.write(`GET /api/v1/content?path=/f HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
  const finished = await server.event(({ event }) => event === 'transfer.finished');
  assert.ok(finished.event === 'transfer.finished' && finished.outcome === 'discarded');
  deaf.destroy();
});

test('what is too long is refused with its limit, and nothing else happens', async () => {
  await using server = await startTestWeb({
    limits: { maxWebBodyBytes: 1000, maxWebChunkBytes: 100, maxWebUrlBytes: 500, maxWebUploads: 2 },
  });
  const client = await WebClient.signIn(server);
  assert.equal((await client.get(`/file?path=/${'x'.repeat(500)}`)).status, 414);
  assert.equal((await client.get('/me', { 'x-long': 'x'.repeat(20_000) })).status, 431);
  assert.equal((await client.post('/remove', { paths: Array.from({ length: 200 }, () => '/x') })).status, 413);
  const { id } = (await client.post('/uploads', { path: '/up', size: 150 })).json as { id: string };
  assert.equal((await client.chunk(id, 0, Buffer.alloc(101))).status, 413);
  assert.equal((await client.chunk(id, 0, Buffer.alloc(100))).status, 204);
  const beyond = await client.chunk(id, 100, Buffer.alloc(60));
  assert.deepEqual([beyond.status, beyond.json['code']], [413, 'too-large']);
  await client.post('/uploads', { path: '/up2', size: 1 });
  assert.equal((await client.post('/uploads', { path: '/up3', size: 1 })).status, 429);
  for (const size of [-1, 1.5, 2 ** 60, '1', null]) {
    assert.equal((await client.post('/uploads', { path: '/up4', size })).status, 400, String(size));
  }
  assert.deepEqual(await readdir(server.root).then((names) => names.filter((name) => !name.startsWith('.'))), []);
});

test('requests that come before an answer, or can be read in two ways, end their connection', async () => {
  await using server = await plain({ limits: { webRequestMs: 300 } });
  const head = 'GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n';
  const both = `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
  assert.match(await answersTo(server, both), /^HTTP\/1\.1 400/);
  assert.match(await answersTo(server, `${head}Host: evil.example\r\n\r\n`), /^HTTP\/1\.1 400/);
  const many = await answersTo(server, `${head}\r\n`.repeat(50));
  assert.ok((many.match(/HTTP\/1\.1/g) ?? []).length <= 1, many);
  assert.equal(
    await answersTo(server, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'),
    '',
  );
  assert.match(await answersTo(server, '\x16\x03\x01\x00\x05hello'), /^HTTP\/1\.1 400/);
});

test('a body that is compressed, no JSON or not what was asked for is refused, and names are never markup', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  assert.equal((await client.post('/directories', { path: '/x' }, { 'content-encoding': 'gzip' })).status, 415);
  for (const body of [
    Buffer.from('{'),
    Buffer.from('{"path":"/\xff"}', 'latin1'),
    Buffer.from('[]'),
    Buffer.from('null'),
  ]) {
    const answer = await client.ask('POST', '/directories', { body, headers: { 'content-type': 'application/json' } });
    assert.equal(answer.status, 400, body.toString());
  }
  assert.equal((await client.post('/directories', { path: '/x', __proto__: null, more: 1 })).status, 400);
  const name = '<img src=x onerror=alert(1)>';
  assert.equal((await client.post('/directories', { path: `/${name}` })).status, 201);
  const page = await client.get('/files?path=/');
  assert.equal(page.headers['content-type'], 'application/json');
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'; script-src 'self'/);
  assert.equal((page.json['entries'] as { name: string }[])[0]?.name, name);
});
