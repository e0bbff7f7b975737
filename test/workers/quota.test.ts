import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { gone, startWorkers, type Workers } from './workers.ts';

/** Some portions of what is written at once. */
const QUOTA = 10_000_000;
const account = { quota: { bytes: QUOTA } };

test('uploads at once in several workers keep to the quota together, and all that fits is taken', async (context) => {
  const server = await startWorkers(context, { workers: 3, account });
  const clients = await Promise.all(Array.from({ length: 8 }, () => server.signIn()));
  const codes = await Promise.all(clients.map((client, index) => upload(client, `file-${index}`, 3_000_000)));
  // Each holds what it has, so all may lose.
  assert.ok(
    codes.every((code) => code === 226 || code === 552),
    codes.join(' '),
  );
  const whole = codes.filter((code) => code === 226).length;
  assert.deepEqual(await sizes(server), Array(whole).fill(3_000_000));

  const [one, other] = clients;
  assert.ok(one && other);
  for (let index = whole; index < 3; index += 1) assert.equal(await upload(one, `more-${index}`, 3_000_000), 226);
  assert.equal(await upload(other, 'too much', 1_000_001), 552);
  assert.equal(await upload(other, 'all', 1_000_000), 226);
  assert.equal(await upload(one, 'a byte more', 1), 552);
  await one.expect(250, 'DELE all');
  assert.equal(await upload(other, 'all again', 1_000_000), 226);
  assert.equal(total(await sizes(server)), QUOTA);
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test('what a worker had reserved is free when it is killed, and not a byte more', async (context) => {
  const server = await startWorkers(context, { account });
  const [doomed, living] = await server.oneInEach();
  const third = await server.signIn();
  const fourth = await server.signIn();
  assert.ok(doomed && living);
  assert.equal(await server.workerOf(fourth), 2);

  await using _lost = await begin(doomed, 'lost', 6_000_000);
  await using kept = await begin(living, 'kept', 3_000_000);
  while (total(await temporarySizes(server)) < 7_000_000) await setTimeout(5);
  assert.equal(await upload(fourth, 'too early', 2_000_000), 552);

  const pid = await server.pidOf(1);
  process.kill(pid, 'SIGKILL');
  await gone(pid);
  await server.pidOf(1, pid);
  // Without a change before it: what is under way may grow into the room as well.
  await kept.send(Buffer.alloc(6_000_000));
  await living.expect(226);
  assert.equal(await upload(fourth, 'too much', 1_000_001), 552);
  assert.equal(await upload(fourth, 'the rest', 1_000_000), 226);
  assert.equal(total(await sizes(server)), QUOTA);
  for (const client of [doomed, living, third, fourth]) await client[Symbol.asyncDispose]();
});

async function begin(client: RawClient, name: string, bytes: number) {
  const data = await client.data(await client.passive());
  await client.expect(150, `STOR ${name}`);
  await data.write(Buffer.alloc(bytes));
  return data;
}

/** Gives the closing reply. */
async function upload(client: RawClient, name: string, bytes: number): Promise<number> {
  await using data = await client.data(await client.passive());
  client.send(`STOR ${name}`);
  // Refused in the middle, the rest has nobody to go to.
  const sending = data.send(Buffer.alloc(bytes)).catch(() => undefined);
  const { code } = await client.outcome();
  await data[Symbol.asyncDispose]();
  await sending;
  return code;
}

async function sizes({ root }: Workers): Promise<number[]> {
  const names = (await readdir(root)).filter((name) => !name.startsWith('.'));
  return sizesOf(root, names);
}

async function temporarySizes({ root }: Workers): Promise<number[]> {
  return sizesOf(
    root,
    (await readdir(root)).filter((name) => name.endsWith('.tmp')),
  );
}

function sizesOf(root: string, names: readonly string[]): Promise<number[]> {
  return Promise.all(names.map(async (name) => (await stat(join(root, name))).size));
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
