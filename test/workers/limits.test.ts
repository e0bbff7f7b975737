import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ascending, startWorkers } from './workers.ts';

// What is counted once is exact, wherever the sessions are.

test('connections are counted over all workers: those of one address, and all of them', async (context) => {
  for (const [limit, reason] of [
    ['LIMITS_MAX_CONNECTIONS_PER_ADDRESS', 'Too many connections from your address'],
    ['LIMITS_MAX_CONNECTIONS', 'Too many connections'],
  ] as const) {
    const server = await startWorkers(context, { workers: 3, settings: { [limit]: '5' } });
    const clients = await Promise.all(Array.from({ length: 9 }, () => server.connect()));
    const greetings = await Promise.all(clients.map((client) => client.reply()));
    assert.deepEqual(
      greetings.map(({ code }) => code).toSorted(ascending),
      [220, 220, 220, 220, 220, 421, 421, 421, 421],
    );
    const refused = greetings.find(({ code }) => code === 421);
    assert.equal(refused?.lines[0], `421 ${reason}`);
    const inside = clients.filter((_, index) => greetings[index]?.code === 220);
    const workers = await Promise.all(inside.map((client) => server.workerOf(client)));
    assert.deepEqual(workers.toSorted(ascending), [1, 1, 2, 2, 3], 'the load is shared');

    // A place that is given back can be had again, and only one.
    await inside[0]?.expect(221, 'QUIT');
    await inside[0]?.ended();
    const [next, beyond] = [await placeIn(server), await server.connect()];
    await beyond.expect(421);
    for (const client of [...clients, next, beyond]) await client[Symbol.asyncDispose]();
    await server.server.kill();
  }
});

/** The primary hears of the end of a session in a moment. */
async function placeIn(server: Awaited<ReturnType<typeof startWorkers>>) {
  for (;;) {
    const client = await server.connect();
    if ((await client.reply()).code === 220) return client;
    await client[Symbol.asyncDispose]();
  }
}

test('the sessions of an account are counted over all workers', async (context) => {
  const server = await startWorkers(context, { workers: 3, account: { maxSessions: 4 } });
  const clients = await Promise.all(Array.from({ length: 8 }, () => server.connect()));
  const codes = await Promise.all(
    clients.map(async (client) => {
      await client.expect(220);
      await client.expect(234, 'AUTH TLS');
      await client.secure();
      await client.expect(331, 'USER alice');
      return (await client.ask('PASS wonderland-wonderland')).code;
    }),
  );
  assert.deepEqual(codes.toSorted(ascending), [230, 230, 230, 230, 530, 530, 530, 530]);
  const [first] = clients.filter((_, index) => codes[index] === 230);
  await first?.expect(331, 'USER alice');
  const [again, tooMany] = clients.filter((_, index) => codes[index] === 530);
  assert.ok(again);
  // The primary hears of the end of a session in a moment.
  do await again.expect(331, 'USER alice');
  while ((await again.ask('PASS wonderland-wonderland')).code !== 230);
  await tooMany?.expect(331, 'USER alice');
  await tooMany?.expect(530, 'PASS wonderland-wonderland');
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test('failed logins in several workers make one ban, which holds for all', async (context) => {
  const settings = { LIMITS_BAN_AFTER_FAILED_LOGINS: '4' };
  const server = await startWorkers(context, { settings });
  const clients = [await server.connect(), await server.connect()];
  for (const client of clients) {
    await client.expect(220);
    await client.expect(234, 'AUTH TLS');
    await client.secure();
  }
  assert.deepEqual(await Promise.all(clients.map((client) => server.workerOf(client))), [1, 2]);
  for (const client of [...clients, ...clients]) {
    await client.expect(331, 'USER alice');
    await client.expect(530, 'PASS no');
  }
  for (const client of clients) {
    await client.expect(331, 'USER alice');
    await client.expect(421, 'PASS wonderland-wonderland');
  }
  const next = await server.connect();
  const [refusal] = await next.ended();
  assert.equal(refusal?.code, 421);
  for (const client of [...clients, next]) await client[Symbol.asyncDispose]();
});

test('sessions of an account share its rate over all workers', async (context) => {
  const server = await startWorkers(context, { account: { rate: { upload: 400_000 } } });
  const clients = await server.oneInEach();
  const began = performance.now();
  await Promise.all(clients.map((client, index) => client.upload(`STOR ${index}`, Buffer.alloc(150_000))));
  // 300,000 bytes, less the burst of a tenth of a second; each for itself would take half as long.
  assert.ok(performance.now() - began >= 600);
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test('the hashes of an account are counted over all workers', async (context) => {
  const server = await startWorkers(context, { settings: { LIMITS_MAX_CONCURRENT_DIGESTS: '1' } });
  const [long, short] = await server.oneInEach();
  assert.ok(long && short);
  await writeFile(join(server.root, 'short'), 'short');
  await writeFile(join(server.root, 'long'), '');
  await truncate(join(server.root, 'long'), 2 ** 40);
  long.send('HASH long');
  while ((await short.ask('HASH short')).code !== 450) {
    // It came while the short one had the place.
    if (long.unread === '') continue;
    await long.expect(450);
    long.send('HASH long');
  }
  long.send('ABOR');
  while ((await short.ask('HASH short')).code !== 213) continue;
  for (const client of [long, short]) await client[Symbol.asyncDispose]();
});
