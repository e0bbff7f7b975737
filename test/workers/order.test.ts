import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { testCertificate } from '../../src/testing/certificates.ts';
import { NOBODY } from '../cli/lockport-process.ts';
import { gone, startWorkers } from './workers.ts';

test('a stop lets the transfers of all workers end, sends the idle away, and leaves no process', async (context) => {
  const server = await startWorkers(context);
  const pids = [await server.pidOf(1), await server.pidOf(2)];
  const busy = await server.oneInEach();
  const idle = await server.oneInEach();
  const bytes = randomBytes(300_000);
  const transfers = await Promise.all(
    busy.map(async (client, index) => {
      const data = await client.data(await client.passive());
      await client.expect(150, `STOR file-${index}`);
      await data.write(bytes);
      return data;
    }),
  );
  server.server.signal('SIGTERM');
  for (const client of idle) await client.expect(421);
  for (const [index, data] of transfers.entries()) {
    await data.send(bytes);
    await busy[index]?.expect(226);
    await data[Symbol.asyncDispose]();
  }
  assert.equal(await server.server.ended(), 0);
  await Promise.all(pids.map(gone));
  for (const index of busy.keys()) {
    assert.deepEqual(await readFile(join(server.root, `file-${index}`)), Buffer.concat([bytes, bytes]));
  }
  for (const client of [...busy, ...idle]) await client[Symbol.asyncDispose]();
});

test('a second signal waits for no transfer', async (context) => {
  const server = await startWorkers(context);
  const [client] = await server.oneInEach();
  assert.ok(client);
  await using data = await client.data(await client.passive());
  await client.expect(150, 'STOR file');
  await data.write(Buffer.alloc(1000));
  server.server.signal('SIGINT');
  await server.server.event(({ event }) => event === 'draining');
  server.server.signal('SIGINT');
  assert.equal(await server.server.ended(), 0);
  await client[Symbol.asyncDispose]();
});

const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' };
test('workers have the privileges that the primary is left with', asRoot, async (context) => {
  const server = await startWorkers(context, { settings: { RUN_AS_USER: 'nobody' } });
  for (const worker of [1, 2]) {
    const status = await readFile(`/proc/${await server.pidOf(worker)}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\s+${NOBODY}\\s+${NOBODY}\\s+${NOBODY}\\s`, 'm'));
  }
  for (const client of await server.oneInEach()) await client[Symbol.asyncDispose]();
});

test('the signals of a terminal, which reach workers too, do nothing to them', async (context) => {
  const server = await startWorkers(context);
  const clients = await server.oneInEach();
  for (const worker of [1, 2]) {
    const pid = await server.pidOf(worker);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(pid, signal);
  }
  for (const client of clients) {
    await client.expect(200, 'NOOP');
    await client[Symbol.asyncDispose]();
  }
});

test('a reload gives new sessions the new certificate in every worker, also in one that comes later, and keeps the open ones', async (context) => {
  const server = await startWorkers(context);
  const open = await server.oneInEach();
  const next = await testCertificate(['localhost', '127.0.0.1']);
  const tls = join(server.server.dataDir, 'tls');
  await writeFile(join(tls, 'certificate.pem'), next.certificate);
  await writeFile(join(tls, 'key.pem'), next.key);
  server.server.signal('SIGHUP');
  await server.server.event(({ message }) => String(message).startsWith('Configuration and certificates are reloaded'));

  // They trust the new certificate alone.
  const fresh = await server.oneInEach();
  for (const client of [...open, ...fresh]) await client.upload('STOR file', 'some bytes');

  const pid = await server.pidOf(1);
  process.kill(pid, 'SIGKILL');
  await server.pidOf(1, pid);
  const late = await server.signIn();
  assert.equal(await server.workerOf(late), 1);
  for (const client of [...open, ...fresh, late]) await client[Symbol.asyncDispose]();
});

test('a reload that cannot serve changes nothing', async (context) => {
  const server = await startWorkers(context);
  const tls = join(server.server.dataDir, 'tls');
  const before = await readFile(join(tls, 'certificate.pem'));
  server.server.signal('SIGHUP');
  await server.server.event(({ message }) => String(message).startsWith('Configuration and certificates are reloaded'));
  await writeFile(join(tls, 'certificate.pem'), 'no certificate');
  server.server.signal('SIGHUP');
  await server.server.event(({ message }) => String(message).startsWith('Not reloaded'));
  await writeFile(join(tls, 'certificate.pem'), before);
  for (const client of await server.oneInEach()) {
    await client.upload('STOR file', 'some bytes');
    await client[Symbol.asyncDispose]();
  }
});
