import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gone, startWorkers } from './workers.ts';

test('a worker that is killed takes its own sessions with it and no others; another one takes its place', async (context) => {
  const server = await startWorkers(context, { settings: { LIMITS_MAX_CONNECTIONS_PER_ADDRESS: '3' } });
  const bytes = randomBytes(8_000_000);
  await writeFile(join(server.root, 'large'), bytes);
  const [doomed, living] = await server.oneInEach();
  const third = await server.signIn();
  assert.ok(doomed && living);
  assert.equal(await server.workerOf(third), 1);

  await using data = await living.data(await living.passive());
  await living.expect(150, 'RETR large');
  const pid = await server.pidOf(1);
  process.kill(pid, 'SIGKILL');
  await Promise.all([doomed.ended(), third.ended(), gone(pid)]);
  assert.deepEqual(await data.receive(), bytes);
  await living.expect(226);

  await server.pidOf(1, pid);
  // Three places in all: those of the two who are gone must be free, and no more.
  const next = await server.signIn();
  const last = await server.signIn();
  assert.equal(await server.workerOf(next), 1, 'the one with the fewest');
  assert.deepEqual(await next.download('RETR large'), bytes);
  const beyond = await server.connect();
  await beyond.expect(421);
  for (const client of [doomed, living, third, next, last, beyond]) await client[Symbol.asyncDispose]();
});

test('without the primary the workers are gone at once, with all their sessions', async (context) => {
  const server = await startWorkers(context);
  const pids = [await server.pidOf(1), await server.pidOf(2)];
  const clients = await server.oneInEach();
  await using data = await clients[0]?.data((await clients[0]?.passive()) ?? 0);
  await clients[0]?.expect(150, 'STOR file');
  await data?.write(Buffer.alloc(100_000));
  server.server.signal('SIGKILL');
  await Promise.all([...pids.map(gone), ...clients.map((client) => client.ended())]);
  for (const client of clients) await client[Symbol.asyncDispose]();
});
