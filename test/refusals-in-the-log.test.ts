import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../src/core/index.ts';
import { startTestServer, type TestServer } from '../src/testing/running-server.ts';

function refusalsOf({ events }: TestServer) {
  return events.filter((event) => event.event === 'command.refused');
}

test('the log says who was refused what, from where, and why', async () => {
  await using server = await startTestServer({
    account: { rights: [{ path: ROOT, rights: ['list', 'upload', 'download'] }], quota: { files: 1 } },
  });
  await mkdir(join(server.root, 'docs'));
  await using client = await server.signIn();
  await client.upload('STOR first', 'whole');
  await client.expect(250, 'CWD docs');
  for (const [code, line] of [
    [550, 'DELE ../first'],
    [550, 'MFMT 20200101000000 missing'],
    [550, 'RETR missing'],
    [250, 'CWD /'],
    [553, `RMD ${'x'.repeat(300)}`],
    [552, 'STOR second'],
  ] as const) {
    if (/RETR|STOR/.test(line)) await client.passive();
    await client.expect(code, line);
  }
  // What can't be a path is none.
  const told = refusalsOf(server).map(({ account, address, verb, path, reply }) => [
    account,
    address,
    verb,
    path,
    reply,
  ]);
  assert.deepEqual(told, [
    ['alice', '127.0.0.1', 'DELE', '/first', 550],
    ['alice', '127.0.0.1', 'MFMT', '/docs/missing', 550],
    ['alice', '127.0.0.1', 'RETR', '/docs/missing', 550],
    ['alice', '127.0.0.1', 'RMD', undefined, 553],
    ['alice', '127.0.0.1', 'STOR', '/second', 552],
  ]);
  for (const { reason } of refusalsOf(server)) assert.ok(reason.length > 10, reason);
});

test('a transfer that has failed is told once, with the client’s address', async () => {
  await using server = await startTestServer({ account: { quota: { bytes: 10 } } });
  await using client = await server.signIn();
  await using data = await client.data(await client.passive());
  await client.expect(150, 'STOR big');
  await data.send(Buffer.alloc(100_000)).catch(() => undefined);
  await client.expect(552);
  const finished = server.events.find((event) => event.event === 'transfer.finished');
  assert.equal(finished?.address, '127.0.0.1');
  assert.deepEqual(refusalsOf(server), []);
});

test('strangers fill no log: before signing in one refusal of a session is told, afterwards a bounded number', async () => {
  await using server = await startTestServer({ limits: { maxLoggedRefusals: 3 } });
  await using client = await server.connect();
  await client.expect(220);
  await client.expect(530, 'USER alice');
  for (let count = 0; count < 5; count += 1) await client.expect(530, 'PWD');
  assert.deepEqual(
    refusalsOf(server).map(({ verb, account }) => [verb, account]),
    [['USER', undefined]],
  );
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, 'USER alice');
  await client.expect(530, 'PASS wrong');
  await client.expect(331, 'USER alice');
  await client.expect(230, 'PASS wonderland');
  for (let count = 0; count < 5; count += 1) await client.expect(550, 'DELE nothing');
  assert.equal(refusalsOf(server).length, 3);
});

test('the end of a session is told with the account that was signed in', async () => {
  await using server = await startTestServer();
  {
    await using client = await server.signIn();
    await client.expect(221, 'QUIT');
  }
  const closed = await server.event(({ event }) => event === 'session.closed');
  assert.ok('account' in closed && closed.account === 'alice');
});
