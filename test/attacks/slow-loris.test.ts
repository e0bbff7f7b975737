import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import type { Limits, ServerEvent } from '../../src/core/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

// Connections that begin and do not go on: each wait of the server has an end, and nobody else waits for it.

const SHORT: Partial<Limits> = {
  tlsHandshakeMs: 300,
  loginMs: 1000,
  idleMs: 1000,
  dataConnectMs: 300,
  stallMs: 500,
  passiveIdleMs: 300,
  replyFlushMs: 300,
  maxConnectionsPerAddress: 1000,
};

test('Whoever does not sign in in time is sent away, also when it goes on talking', async () => {
  await using server = await startTestServer({ limits: { ...SHORT, loginMs: 300 } });
  await using silent = await server.connect();
  await silent.expect(220);
  assert.equal((await silent.ended()).at(-1)?.code, 421);

  await using talker = await server.connect();
  await talker.expect(220);
  await talker.expect(234, 'AUTH TLS');
  await talker.secure();
  const goodbyes: number[] = [];
  try {
    for (;;) {
      const { code } = await talker.ask('NOOP');
      if (code !== 200) goodbyes.push(code);
    }
  } catch {
    assert.deepEqual(goodbyes, [421]);
  }
});

test('A line that drips in does not keep a session open', async () => {
  await using server = await startTestServer({ limits: SHORT });
  await using client = await server.connect();
  await client.expect(220);
  const drip = setInterval(() => client.write('N'), 50);
  const replies = await client.ended();
  clearInterval(drip);
  assert.equal(replies.at(-1)?.code, 421);
});

for (const mode of ['implicit', 'explicit'] as const) {
  test(`A TLS handshake that does not go on is dropped, ${mode}`, async () => {
    await using server = await startTestServer({ limits: { ...SHORT, loginMs: 60_000 } });
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
    await closed(socket);
  });
}

test('An idle member is sent away', async () => {
  await using server = await startTestServer({ limits: SHORT });
  await using client = await server.signIn();
  assert.equal((await client.ended()).at(-1)?.code, 421);
});

test('A passive port that nobody connects to, or that nobody uses, is closed, and the session goes on', async () => {
  await using server = await startTestServer({ limits: { ...SHORT, idleMs: 60_000 } });
  await using client = await server.signIn();
  await client.passive();
  assert.equal((await client.outcome('NLST')).code, 425);

  const port = await client.passive();
  const unused = connect(port, '127.0.0.1');
  await once(unused, 'connect');
  await closed(unused);
  assert.equal((await client.download('NLST')).length, 0);
});

test('A data connection without its handshake, or that stalls in the middle, ends the transfer', async () => {
  await using server = await startTestServer({ limits: { ...SHORT, idleMs: 60_000 } });
  await using client = await server.signIn();
  const mute = connect(await client.passive(), '127.0.0.1');
  await once(mute, 'connect');
  const { code } = await client.outcome('NLST');
  assert.ok([425, 426, 522].includes(code), String(code));
  mute.destroy();

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
