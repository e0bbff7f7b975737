import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { HeldClock, WITHOUT_END_MS } from '../testing/held-clock.ts';
import { startTestServer } from '../testing/running-server.ts';

test('no answer overtakes that of a command which is no transfer', async () => {
  await using server = await startTestServer();
  const big = join(server.root, 'big');
  await writeFile(big, '');
  await truncate(big, 64_000_000);
  await using client = await server.signIn();
  client.send('HASH big');
  // Long enough for the hash to have begun, and far too short for it to end.
  await setTimeout(5);
  client.send('NOOP');
  assert.deepEqual([(await client.reply()).code, (await client.reply()).code], [213, 200]);
});

test('NOOP and STAT are answered while a transfer runs, and other commands wait for its end', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const port = await client.passive();
  await using data = await client.data(port, 'resumed');
  await client.expect(150, 'STOR slow');
  for (const line of ['NOOP', 'STAT', 'PWD']) client.send(line);
  assert.equal((await client.reply()).code, 200);
  assert.match((await client.reply()).lines.join('\n'), /STOR/);
  await data.send(Buffer.from('all of it'));
  assert.deepEqual([(await client.reply()).code, (await client.reply()).code], [226, 257]);
});

test('a new USER has the whole login time again, however old the session is', async (context) => {
  const clock = new HeldClock(context);
  await using server = await startTestServer({ limits: { loginMs: 30_000 } });
  await using client = await server.signIn('alice', { replyTimeoutMs: WITHOUT_END_MS });
  clock.pass(31_000);
  await client.expect(331, 'USER bob');
  clock.pass(29_000);
  await client.expect(230, 'PASS builder');
});

for (const [what, idleTimeout, afterMs] of [
  ['of the account, where that is shorter', 60, 61_000],
  ['of the server, where that is shorter', 900, 301_000],
] as const) {
  test(`an idle session ends by the limit ${what}`, async (context) => {
    const clock = new HeldClock(context);
    await using server = await startTestServer({ limits: { idleMs: 300_000 }, account: { idleTimeout } });
    await using client = await server.signIn('alice', { replyTimeoutMs: WITHOUT_END_MS });
    await client.expect(200, 'NOOP');
    clock.pass(afterMs - 2000);
    await client.expect(200, 'NOOP');
    clock.pass(afterMs);
    assert.match((await client.expect(421)).lines.join(), /Idle too long/);
  });
}
