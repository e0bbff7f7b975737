import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { RawClient } from '../../src/testing/raw-client.ts';
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

test('the upload of a worker that is killed is gone with it, from the disk and from the quota', async (context) => {
  const server = await startWorkers(context, { account: { quota: { bytes: 1_000_000 } } });
  await mkdir(join(server.root, 'deep'));
  const [doomed, living] = await server.oneInEach();
  assert.ok(doomed && living);
  await using data = await doomed.data(await doomed.passive());
  await doomed.expect(150, 'STOR deep/file');
  await data.write(Buffer.alloc(600_000));
  while ((await living.outcome('AVBL')).lines[0] !== '213 400000') await setTimeout(20);

  const pid = await server.pidOf(await server.workerOf(doomed));
  process.kill(pid, 'SIGKILL');
  await doomed.ended();
  while ((await readdir(join(server.root, 'deep'))).length > 0) await setTimeout(20);
  while ((await living.outcome('AVBL')).lines[0] !== '213 1000000') await setTimeout(20);
  await living.expect(250, 'RMD deep');
  for (const client of [doomed, living]) await client[Symbol.asyncDispose]();
});

test('an interrupted upload that a killed worker went on with can be resumed where it was before', async (context) => {
  const server = await startWorkers(context);
  const [doomed, living] = await server.oneInEach();
  assert.ok(doomed && living);
  const whole = randomBytes(900_000);
  const begin = async (command: string, bytes: Buffer) => {
    const data = await doomed.data(await doomed.passive());
    await doomed.expect(150, command);
    await data.write(bytes);
    return data;
  };
  const size = async () => (await living.outcome('SIZE file')).lines[0];
  const first = await begin('STOR file', whole.subarray(0, 300_000));
  await first[Symbol.asyncDispose]();
  await doomed.expect(426);
  const kept = Number((await size())?.slice(4));
  await doomed.expect(350, `REST ${kept}`);
  await using _ = await begin('STOR file', whole.subarray(kept, 600_000));
  assert.match((await size()) ?? '', /^550/);
  process.kill(await server.pidOf(await server.workerOf(doomed)), 'SIGKILL');
  await doomed.ended();
  while ((await size()) !== `213 ${kept}`) await setTimeout(20);

  await living.expect(350, `REST ${kept}`);
  await living.upload('STOR file', whole.subarray(kept));
  assert.deepEqual(await readFile(join(server.root, 'file')), whole);
  for (const client of [doomed, living]) await client[Symbol.asyncDispose]();
});

test('a worker that hangs is replaced; who waited for it is greeted by another one', async (context) => {
  const settings = { LIMITS_WORKER_SILENCE_MS: '5000', LIMITS_MAX_CONNECTIONS_PER_ADDRESS: '100' };
  const server = await startWorkers(context, { settings });
  const pid = await server.pidOf(1);
  process.kill(pid, 'SIGSTOP');
  const port = server.server.port('explicit');
  const clients = await Promise.all(
    Array.from({ length: 10 }, () => RawClient.connect({ port, replyTimeoutMs: 300_000 })),
  );
  for (const client of clients) {
    await client.expect(220);
    await client.expect(200, 'NOOP').catch(() => client.expect(530));
  }
  await gone(pid);
  const end = await server.server.event(({ message }) => String(message).startsWith('Worker 1 ended'));
  assert.match(String(end['message']), /answered nothing for 5000 ms/);
  await server.pidOf(1, pid);
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test('a worker that hangs before it serves is replaced too', {
  skip: process.platform !== 'linux',
}, async (context) => {
  const server = await startWorkers(context, { settings: { LIMITS_WORKER_SILENCE_MS: '2500' } });
  const serving = await server.pidOf(1);
  const others = await childrenOf(server.server.pid);
  process.kill(serving, 'SIGKILL');
  const starting = await newChild(server.server.pid, others);
  process.kill(starting, 'SIGSTOP');
  await gone(starting);
  const isEnd = ({ message }: Readonly<Record<string, unknown>>) => /^Worker 1 ended.*answered/.test(String(message));
  const end = await server.server.event(isEnd);
  assert.match(String(end['message']), /answered nothing for (10000|2500) ms/);
  await server.pidOf(1, serving);
});

async function newChild(parent: number, known: readonly number[]): Promise<number> {
  for (;;) {
    const child = (await childrenOf(parent)).find((each) => !known.includes(each));
    // The parent waits for the program to be there. Until then the child has the words of the parent, `--workers` among them.
    if (child !== undefined && (await readFile(`/proc/${child}/cmdline`, 'utf8')).includes('worker-main')) return child;
    await setImmediate();
  }
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const lists = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return lists.split(' ').filter(Boolean).map(Number);
}
