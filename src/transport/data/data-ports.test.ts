import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { DataPorts } from './data-ports.ts';

const host = '127.0.0.1';
const limits = limitsWith({ dataConnectMs: 5000 });

function options(given: { limits?: typeof limits; signal?: AbortSignal } = {}) {
  const signal = new AbortController().signal;
  return { tls: undefined, direction: 'download', sessionReuse: 'off', limits, signal, ...given } as const;
}

async function connected(port: number, localAddress = host): Promise<Socket> {
  const socket = connect({ host, port, localAddress });
  socket.on('error', () => undefined);
  after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** All of 127.0.0.0/8 is this host on Linux: an address that no other process listens on. */
const quiet = process.platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(255)}.${randomInt(1, 255)}` : host;

/** `count` neighbouring ports that are free on the quiet address, below those of outgoing connections. */
async function freeRange(count: number): Promise<{ from: number; to: number }> {
  for (;;) {
    const from = randomInt(12_000, 32_000);
    const servers = Array.from({ length: count }, (_, index) => createServer().listen(from + index, quiet));
    const results = await Promise.allSettled(servers.map((server) => once(server, 'listening')));
    await Promise.allSettled(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    if (results.every(({ status }) => status === 'fulfilled')) return { from, to: from + count - 1 };
  }
}

test('every port of the range is used, each once, then there is none, then those given back', async () => {
  const range = await freeRange(5);
  const ports = new DataPorts({ range, maxOpen: 100 });
  const open = await Promise.all(Array.from({ length: 5 }, () => ports.listen(quiet, host, limits)));
  const numbers = open.map(({ address }) => address.port).sort((a, b) => a - b);
  assert.deepEqual(
    numbers,
    [0, 1, 2, 3, 4].map((index) => range.from + index),
  );
  await assert.rejects(ports.listen(quiet, host, limits), { code: 'no-port' });
  await open[2]?.[Symbol.asyncDispose]();
  const again = await ports.listen(quiet, host, limits);
  assert.equal(again.address.port, open[2]?.address.port);
  await Promise.all([...open, again].map((endpoint) => endpoint[Symbol.asyncDispose]()));
});

test('without a range it is one of the dynamic ports', async () => {
  const ports = new DataPorts({ maxOpen: 20 });
  const open = await Promise.all(Array.from({ length: 20 }, () => ports.listen(host, host, limits)));
  for (const { address } of open) assert.ok(address.port >= 49_152 && address.port <= 65_535);
  await Promise.all(open.map((endpoint) => endpoint[Symbol.asyncDispose]()));
});

test('a port of the range that somebody else has is passed over', async () => {
  const range = await freeRange(2);
  const other = createServer().listen(range.from, quiet);
  await once(other, 'listening');
  const ports = new DataPorts({ range, maxOpen: 100 });
  await using endpoint = await ports.listen(quiet, host, limits);
  assert.equal(endpoint.address.port, range.to);
  other.close();
});

test('ports are not given out in an order that can be foretold', async () => {
  const range = await freeRange(20);
  const ports = new DataPorts({ range, maxOpen: 100 });
  const firsts = new Set<number>();
  for (let round = 0; round < 30; round += 1) {
    await using endpoint = await ports.listen(quiet, host, limits);
    firsts.add(endpoint.address.port);
  }
  // The chance that 30 draws of 20 hit fewer than 6 numbers is below one in 10^12.
  assert.ok(firsts.size >= 6);
});

test('no more ports are open at once than allowed, and a port that was connected to is not counted', async () => {
  const ports = new DataPorts({ maxOpen: 1 });
  await using endpoint = await ports.listen(host, host, limits);
  await assert.rejects(ports.listen(host, host, limits), { code: 'no-port' });
  await connected(endpoint.address.port);
  await using connection = await endpoint.open(options());
  await using next = await ports.listen(host, host, limits);
  await connected(next.address.port);
  assert.equal(connection.remote.address, host);
});

test('an address that is not ours cannot be listened on', async () => {
  const ports = new DataPorts({ maxOpen: 1 });
  await assert.rejects(ports.listen('192.0.2.1', host, limits), { code: 'EADDRNOTAVAIL' });
  await using endpoint = await ports.listen(host, host, limits);
  assert.equal(endpoint.address.address, host);
});

test('connections from strangers are dropped and reported, and the right one still gets through', async () => {
  const ports = new DataPorts({ maxOpen: 1 });
  const strangers: string[] = [];
  await using endpoint = await ports.listen(host, host, limits, {
    onStranger: (address) => strangers.push(address),
  });
  const { port } = endpoint.address;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const stranger = await connected(port, '127.0.0.2');
    await once(stranger.resume(), 'close');
  }
  const friend = await connected(port);
  await using connection = await endpoint.open(options());
  assert.deepEqual(connection.remote, { address: host, port: friend.localPort });
  assert.deepEqual(
    strangers,
    Array.from({ length: 20 }, () => '127.0.0.2'),
  );
});

test('only the first connection is taken, and the port is closed behind it', async () => {
  const ports = new DataPorts({ maxOpen: 1 });
  await using endpoint = await ports.listen(host, host, limits);
  const first = await connected(endpoint.address.port);
  await using connection = await endpoint.open(options());
  assert.equal(connection.remote.port, first.localPort);
  const second = connect({ host, port: endpoint.address.port });
  await assert.rejects(once(second, 'connect'), { code: 'ECONNREFUSED' });
});

test('a peer that does not connect in time is a timeout', async () => {
  const ports = new DataPorts({ maxOpen: 1 });
  await using endpoint = await ports.listen(host, host, limits);
  const hasty = options({ limits: limitsWith({ dataConnectMs: 20 }) });
  await assert.rejects(endpoint.open(hasty), { code: 'timeout' });
  await assertClosed(endpoint.address.port);
});

test('a port without a transfer command closes by itself, with the connection that waits on it', async (context) => {
  const ports = new DataPorts({ maxOpen: 1 });
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const endpoint = await ports.listen(host, host, limits);
  const socket = await connected(endpoint.address.port);
  context.mock.timers.tick(limits.passiveIdleMs);
  await once(socket.resume(), 'close');
  await assert.rejects(endpoint.open(options()), { code: 'timeout' });
  await assertClosed(endpoint.address.port);
});

test('disposing closes the port and whoever waits for it', async () => {
  const ports = new DataPorts({ maxOpen: 1 });
  const endpoint = await ports.listen(host, host, limits);
  const opening = assert.rejects(endpoint.open(options()), { code: 'gone' });
  await endpoint[Symbol.asyncDispose]();
  await opening;
  await assertClosed(endpoint.address.port);
});

test('the signal ends the wait', async () => {
  const ports = new DataPorts({ maxOpen: 1 });
  await using endpoint = await ports.listen(host, host, limits);
  const abort = new AbortController();
  const opening = assert.rejects(endpoint.open(options({ signal: abort.signal })), { code: 'aborted' });
  abort.abort();
  await opening;
  await assertClosed(endpoint.address.port);
});

test('a peer that resets its connection before the transfer does no harm', async () => {
  const ports = new DataPorts({ maxOpen: 1 });
  await using endpoint = await ports.listen(host, host, limits);
  const socket = await connected(endpoint.address.port);
  socket.resetAndDestroy();
  await once(socket, 'close');
  await assert.rejects(
    async () => {
      await using connection = await endpoint.open(options());
      await connection.send(sourceOf('x'), { signal: new AbortController().signal });
    },
    { name: 'DataError' },
  );
});

async function assertClosed(port: number): Promise<void> {
  await assert.rejects(once(connect({ host, port }), 'connect'), { code: 'ECONNREFUSED' });
}

async function* sourceOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
