import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { metricsOf, metricsPort, metricsWhen, scrape } from '../monitoring/scrape.ts';
import { PASSWORD, startWorkers } from '../workers/workers.ts';

/*
 * Whoever can reach the port of metrics, or the ports that it tells of, tries to make it large, slow or talkative.
 */

const ON = ['--metrics-port', '0'];
const TOKEN = '0123456789abcdef0123456789abcdef';

test('a thousand names, paths and verbs make no series', async (context) => {
  const settings = {
    LIMITS_BAN_AFTER_FAILED_LOGINS: '100000',
    LIMITS_MAX_FAILED_LOGINS: '100000',
    LIMITS_LOGIN_MS: '300000',
  };
  const server = await startWorkers(context, { workers: 1, args: ON, settings });
  const port = await metricsPort(server.server);
  const before = await metricsOf(port);
  await using client = await server.signIn();
  for (let number = 0; number < 1000; number += 1) {
    await client.expect(550, `DELE missing-${number}`);
    await client.expect(500, `X${number} "}\\n`);
  }
  await using stranger = await server.connect();
  await stranger.expect(220);
  await stranger.expect(234, 'AUTH TLS');
  await stranger.secure();
  for (let number = 0; number < 60; number += 1) {
    await stranger.expect(331, `USER nobody-${number}"} 1`);
    await stranger.expect(530, `PASS ${number}`);
  }
  const failed = 'lockport_logins_failed_total{protocol="ftp",method="password",reason="credentials"}';
  const after = await metricsWhen(port, (metrics) => metrics.get(failed) === 60);
  assert.deepEqual([...after.keys()], [...before.keys()]);
  assert.equal(after.get('lockport_commands_refused_total{protocol="ftp",reply="550"}'), 1000);
  const { body } = await scrape(port, '/metrics');
  for (const told of ['nobody', 'missing-', 'alice', '127.0.0.1', PASSWORD, server.root]) {
    assert.ok(!body.includes(told), told);
  }
});

test('a scraper that reads nothing, or sends nothing, holds up neither the service nor other scrapers', async (context) => {
  const server = await startWorkers(context, { workers: 1, args: ON });
  const port = await metricsPort(server.server);
  const stuck = Array.from({ length: 15 }, (_, index) => {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
    if (index % 2 === 0) socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket.pause();
  });
  await Promise.all(stuck.map((socket) => once(socket, 'connect')));
  await using client = await server.signIn();
  await client.upload('STOR file', 'whole');
  assert.equal((await scrape(port, '/healthz')).status, 200);
  // Each has its end, whatever it does.
  await Promise.all(stuck.map((socket) => once(socket.resume(), 'close')));
  assert.equal((await scrape(port, '/metrics')).status, 200);
});

test('connections beyond a few are closed unread', async (context) => {
  const server = await startWorkers(context, { workers: 1, args: ON });
  const port = await metricsPort(server.server);
  const sockets = Array.from({ length: 40 }, () => connect({ host: '127.0.0.1', port }).on('error', () => undefined));
  const closed = await Promise.race(sockets.map((socket) => once(socket.resume(), 'close').then(() => true)));
  assert.ok(closed);
  for (const socket of sockets) socket.destroy();
  for (;;) {
    const found = await scrape(port, '/healthz').catch(() => undefined);
    if (found?.status === 200) break;
  }
});

test('other methods, paths, bodies and what is no HTTP are refused', async (context) => {
  const server = await startWorkers(context, { workers: 1, args: ON });
  const port = await metricsPort(server.server);
  for (const [method, path, status] of [
    ['GET', '/', 404],
    ['GET', '/metrics/../metrics', 404],
    ['GET', '/constructor', 404],
    ['GET', '/__proto__', 404],
    ['POST', '/metrics', 405],
    ['DELETE', '/readyz', 405],
    ['OPTIONS', '/healthz', 405],
    ['HEAD', '/metrics', 200],
    ['GET', '/metrics?name[]=x', 200],
  ] as const) {
    const { status: found, headers, body } = await scrape(port, path, { method });
    assert.equal(found, status, `${method} ${path}`);
    assert.equal(headers['connection'], 'close');
    if (status === 405) assert.equal(headers['allow'], 'GET, HEAD');
    if (method === 'HEAD') assert.equal(body, '');
  }
  const withBody = await scrape(port, '/metrics', { headers: { 'content-length': '5' }, body: 'bytes' });
  assert.equal(withBody.status, 413);
  assert.match(
    await raw(port, 'GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'),
    /^HTTP\/1.1 413/,
  );
  assert.match(await raw(port, `GET /metrics HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431/);
  assert.match(await raw(port, 'USER alice\r\n\r\n'), /^HTTP\/1.1 400/);
});

test('without its token the page is not shown, and health without the reasons', async (context) => {
  const file = join(await temporaryDirectory(context), 'token');
  await writeFile(file, TOKEN);
  const server = await startWorkers(context, { workers: 1, args: ON, settings: { METRICS_TOKEN_FILE: file } });
  const port = await metricsPort(server.server);
  for (const authorization of [undefined, 'Bearer', `Bearer ${TOKEN}0`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`]) {
    const refused = await scrape(port, '/metrics', { headers: authorization === undefined ? {} : { authorization } });
    assert.equal(refused.status, 401, authorization);
    assert.equal(refused.headers['www-authenticate'], 'Bearer');
    assert.ok(!refused.body.includes('lockport_'));
  }
  const authorization = `Bearer ${TOKEN}`;
  const shown = await scrape(port, '/metrics', { headers: { authorization } });
  assert.equal(shown.status, 200);
  assert.ok(!shown.body.includes(TOKEN));
  assert.equal((await scrape(port, '/healthz')).status, 200);
  server.server.signal('SIGTERM');
  await server.server.ended();
  assert.ok(!server.server.output.includes(TOKEN));
});

async function raw(port: number, request: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
  socket.write(request);
  return text(socket);
}
