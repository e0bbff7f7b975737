import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { test } from 'node:test';
import { freePorts } from '../interop/servers/free-ports.ts';
import { ascending, PASSWORD, startWorkers } from './workers.ts';

test('all workers take their passive ports from one range, each port once, and give them back', async (context) => {
  const from = await freePorts(4);
  const settings = { PASSIVE_PORTS: `${from}-${from + 3}`, LIMITS_MAX_PASSIVE_LISTENERS: '8' };
  const server = await startWorkers(context, { settings });
  for (const round of ['first', 'second']) {
    const clients = [...(await server.oneInEach()), ...(await server.oneInEach()), await server.signIn()];
    const last = clients.pop();
    const ports: number[] = [];
    for (const client of clients) ports.push(await client.passive());
    assert.deepEqual(
      ports.toSorted(ascending),
      Array.from({ length: 4 }, (_, index) => from + index),
      round,
    );
    await last?.expect(425, 'EPSV');
    // One comes back by a transfer, the others by the end of their sessions.
    const [first] = clients;
    await using data = await first?.data(ports[0] ?? 0);
    await first?.expect(150, 'STOR file');
    await data?.send(Buffer.from('bytes'));
    await first?.expect(226);
    await last?.upload('STOR file', 'other bytes');
    for (const client of [...clients, last]) {
      await client?.expect(221, 'QUIT');
      await client?.ended();
      await client?.[Symbol.asyncDispose]();
    }
  }
});

test('the passive ports that may be open are divided among the workers', async (context) => {
  const server = await startWorkers(context, { settings: { LIMITS_MAX_PASSIVE_LISTENERS: '3' } });
  for (const first of await server.oneInEach()) {
    await first.passive();
    const second = await server.signIn();
    assert.equal(await server.workerOf(second), await server.workerOf(first));
    await second.expect(425, 'EPSV');
  }
});

test('in each worker a data connection must go on with the TLS session of its control connection', async (context) => {
  const server = await startWorkers(context);
  for (const client of await server.oneInEach()) {
    await client.upload('STOR file', 'bytes');
    assert.equal((await client.download('RETR file')).toString(), 'bytes');
    await using data = await client.data(await client.passive(), 'unresumed');
    client.send('RETR file');
    assert.notEqual((await client.outcome()).code, 226);
    await data[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
  }
});

for (const [client, tls] of [
  ['by ticket', {}],
  ['by identifier', { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET }],
] as const)
  test(`a data connection may go on with the TLS session of another control connection of its account, in whichever worker, ${client}`, async (context) => {
    const server = await startWorkers(context);
    const [one, other] = await server.oneInEach(2, 'alice', tls);
    const [bob] = await server.oneInEach(2, 'bob', tls);
    assert.ok(one && other && bob);
    for (const [control, lender, expected] of [
      [one, other, 226],
      [other, one, 226],
      [one, bob, 522],
      [other, bob, 522],
    ] as const) {
      await using data = await lender.data(await control.passive());
      control.send('STOR file');
      await data.send(Buffer.from('bytes')).catch(() => undefined);
      assert.equal((await control.outcome()).code, expected);
    }
    await other.expect(221, 'QUIT');
    await server.server.event(({ event }) => event === 'session.closed');
    await using data = await other.data(await one.passive());
    one.send('STOR file');
    await data.send(Buffer.from('bytes')).catch(() => undefined);
    assert.equal((await one.outcome()).code, 522, 'it has ended');
    for (const client of [one, other, bob]) await client[Symbol.asyncDispose]();
  });

test('the TLS session of a control connection whose worker died counts no more', async (context) => {
  const server = await startWorkers(context);
  const [one, other] = await server.oneInEach();
  assert.ok(one && other);
  process.kill(await server.pidOf(await server.workerOf(other)), 'SIGKILL');
  await other.ended();
  await server.server.event(({ message }) => /^Worker \d ended, and its sessions with it/.test(String(message)));
  await using data = await other.data(await one.passive());
  one.send('MLSD');
  assert.equal((await data.receive().catch(() => Buffer.alloc(0))).length, 0);
  assert.equal((await one.outcome()).code, 522);
  for (const client of [one, other]) await client[Symbol.asyncDispose]();
});

test('what a client sends before its session begins, and its early end, are not lost on the way to a worker', async (context) => {
  const server = await startWorkers(context, { settings: { PLAIN_FTP_LOGIN: 'allow-passwords-in-clear' } });
  const client = await server.connect();
  // The password takes longer than the end of the stream.
  client.write(`USER alice\r\nPASS ${PASSWORD}\r\nQUIT\r\n`);
  client.end();
  const codes = (await client.ended()).map(({ code }) => code);
  assert.deepEqual(codes, [220, 331, 230, 221]);
  await client[Symbol.asyncDispose]();
});
