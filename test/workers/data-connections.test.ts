import assert from 'node:assert/strict';
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
