import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import type { ServerEvent } from '../../src/core/index.ts';
import { HeldClock, WITHOUT_END_MS } from '../../src/testing/held-clock.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

// Connections that begin and do not go on: each wait of the server has an end, and nobody else waits for it.

const patient = { replyTimeoutMs: WITHOUT_END_MS };

test('Whoever does not sign in in time is sent away, also when it goes on talking', async (context) => {
  const clock = new HeldClock(context);
  await using server = await startTestServer();
  await using silent = await server.connect(patient);
  await silent.expect(220);
  assert.equal((await clock.passUntil(silent.ended())).at(-1)?.code, 421);

  await using talker = await server.connect(patient);
  await talker.expect(220);
  await talker.expect(234, 'AUTH TLS');
  await talker.secure();
  await talker.expect(200, 'NOOP');
  const goodbyes: number[] = [];
  const talk = async () => {
    for (;;) {
      const { code } = await talker.ask('NOOP');
      if (code !== 200) goodbyes.push(code);
    }
  };
  await assert.rejects(clock.passUntil(talk()));
  assert.deepEqual(goodbyes, [421]);
});

test('A line that drips in does not keep a session open', async (context) => {
  const clock = new HeldClock(context);
  await using server = await startTestServer();
  await using client = await server.connect(patient);
  await client.expect(220);
  const drip = setInterval(() => client.write('N'), 5);
  const replies = await clock.passUntil(client.ended());
  clearInterval(drip);
  assert.equal(replies.at(-1)?.code, 421);
});

for (const mode of ['implicit', 'explicit'] as const) {
  test(`A TLS handshake that does not go on is dropped, ${mode}`, async (context) => {
    const clock = new HeldClock(context);
    await using server = await startTestServer({ limits: { loginMs: WITHOUT_END_MS, idleMs: WITHOUT_END_MS } });
    const port = mode === 'implicit' ? server.implicitPort : server.explicitPort;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    if (mode === 'explicit') {
      await once(socket, 'data');
      socket.write('AUTH TLS\r\n');
      await once(socket, 'data');
    }
    // The first bytes of a ClientHello.
    socket.write(Buffer.from('16030100f4010000f00303', 'hex'));
    await clock.passUntil(closed(socket));
  });
}

test('An idle user is sent away', async (context) => {
  const clock = new HeldClock(context);
  await using server = await startTestServer();
  await using client = await server.signIn('alice', patient);
  assert.equal((await clock.passUntil(client.ended())).at(-1)?.code, 421);
});

test('A passive port that nobody connects to, or that nobody uses, is closed, and the session goes on', async (context) => {
  const clock = new HeldClock(context);
  await using server = await startTestServer({ limits: { idleMs: WITHOUT_END_MS } });
  await using client = await server.signIn('alice', patient);
  await client.passive();
  assert.equal((await clock.passUntil(client.outcome('NLST'))).code, 425);

  const port = await client.passive();
  const unused = connect(port, '127.0.0.1');
  await once(unused, 'connect');
  await clock.passUntil(closed(unused));
  assert.equal((await client.download('NLST')).length, 0);
});

test('A data connection without its handshake ends the transfer', async (context) => {
  const clock = new HeldClock(context);
  await using server = await startTestServer({ limits: { idleMs: WITHOUT_END_MS } });
  await using client = await server.signIn('alice', patient);
  const mute = connect(await client.passive(), '127.0.0.1');
  await once(mute, 'connect');
  const { code } = await clock.passUntil(client.outcome('NLST'));
  assert.ok([425, 426, 522].includes(code), String(code));
  mute.destroy();
  await client.expect(200, 'NOOP');
});

test('A data connection that stalls in the middle ends the transfer', async () => {
  // What a socket itself waits is no timer that a test could hold. Nothing here has to come within that time.
  await using server = await startTestServer({ limits: { stallMs: 500 } });
  await using client = await server.signIn();
  await using stalled = await client.data(await client.passive());
  await client.expect(150, 'STOR stalled');
  await stalled.write(Buffer.alloc(1000));
  await client.expect(426);
  await client.expect(200, 'NOOP');
});

test('Hundreds that hang in every phase do not keep anybody else out', async () => {
  await using server = await startTestServer({ limits: { maxConnectionsPerAddress: 1000 } });
  const hanging: Socket[] = [];
  for (let index = 0; index < 300; index += 1) {
    const socket = connect(index % 2 === 0 ? server.implicitPort : server.explicitPort, '127.0.0.1');
    socket.on('error', () => undefined);
    if (index % 3 === 0) socket.write('\x16\x03\x01');
    hanging.push(socket);
  }
  await using client = await server.signIn();
  assert.equal((await client.download('NLST')).length, 0);
  for (const socket of hanging) socket.destroy();
});

test('More connections of one address than its share are sent away, and its share comes back', async () => {
  await using server = await startTestServer({ limits: { maxConnectionsPerAddress: 2 } });
  await using first = await server.connect();
  await first.expect(220);
  await using second = await server.connect();
  await second.expect(220);
  await using third = await server.connect();
  assert.equal((await third.ended())[0]?.code, 421);
  await first.expect(221, 'QUIT');
  await server.event(({ event }: ServerEvent) => event === 'session.closed');
  await using again = await server.connect();
  await again.expect(220);
});

async function closed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined).resume();
  if (!socket.closed) await once(socket, 'close');
}
