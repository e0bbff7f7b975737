import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';
import { metricsPort, scrape } from './scrape.ts';

const ON = ['--metrics-port', '0'];

test('a server that serves is alive and ready', async (context) => {
  const server = await serve(context, await temporaryDirectory(context), ON);
  const port = await metricsPort(server);
  assert.deepEqual(await status(port, '/healthz'), [200, 'alive\n']);
  assert.deepEqual(await status(port, '/readyz'), [200, 'ready\n']);
});

test('a server that is stopping is alive, and says that it is not ready', async (context) => {
  const server = await startWorkers(context, { workers: 1, args: ON });
  const port = await metricsPort(server.server);
  await using client = await server.signIn();
  await using data = await client.data(await client.passive());
  await client.expect(150, 'STOR file');
  server.server.signal('SIGTERM');
  await server.server.event(({ event }) => event === 'draining');
  assert.deepEqual(await status(port, '/readyz'), [503, 'not ready\nThe server is stopping\n']);
  assert.deepEqual(await status(port, '/healthz'), [200, 'alive\n']);
  await data.send(Buffer.from('whole'));
  await client.expect(226);
  assert.equal(await server.server.ended(), 0);
});

test('a storage that is gone makes the server not ready, by name', async (context) => {
  const server = await startWorkers(context, { workers: 1, args: ON });
  const port = await metricsPort(server.server);
  await rename(server.root, `${server.root}-elsewhere`);
  for (;;) {
    const [code, body] = await status(port, '/readyz');
    if (code === 200) continue;
    assert.equal(code, 503);
    assert.match(body, /^not ready\nThe storage default can not be written \(ENOENT\)\n$/);
    break;
  }
});

test('without metrics in the configuration, no port is opened', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  assert.deepEqual(
    server.log.filter(({ mode }) => mode === 'metrics'),
    [],
  );
});

test('what others can reach is refused without a token or client certificates', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const start = (settings: NodeJS.ProcessEnv) =>
    serve(context, dataDir, ON, { environment: { LOCKPORT_METRICS_ADDRESS: '0.0.0.0', ...settings } });
  await assert.rejects(start({}), /metrics\.address: can be reached from other machines: name a file with a token/);
  const token = join(dataDir, 'token');
  await writeFile(token, 'short\n');
  await assert.rejects(start({ LOCKPORT_METRICS_TOKEN_FILE: token }), /holds no token of 16 or more letters/);
  await writeFile(token, `${'t'.repeat(32)}\n`, { mode: 0o644 });
  const server = await start({ LOCKPORT_METRICS_TOKEN_FILE: token });
  assert.equal((await scrape(await metricsPort(server), '/metrics')).status, 401);
  await server.event(({ message }) => String(message).startsWith('metrics are served without TLS'));
  await server.event(({ message }) => /token can be read by every user of this machine/.test(String(message)));
});

async function status(port: number, path: string): Promise<readonly [number, string]> {
  const { status, body } = await scrape(port, path);
  return [status, body];
}
