import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ClientChannel } from './client-channel.ts';
import { connected, host, limitsOf, lines, startServer, wait } from './client-fixture.test.ts';
import { connectFailure } from './connect-failure.ts';

describe('connecting', () => {
  test('to nothing is refused', async () => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(ClientChannel.connect({ host, port, limits: limitsOf() }), {
      name: 'ChannelError',
      code: 'refused',
    });
  });

  test('that takes too long ends, and a socket that comes later is destroyed', async () => {
    const port = await startServer(() => undefined);
    const late = Promise.withResolvers<Socket>();
    const limits = limitsOf({ connectMs: 20 });
    await assert.rejects(ClientChannel.connect({ host, port, limits, dial: () => late.promise }), { code: 'timeout' });
    const socket = connect(port, host);
    late.resolve(socket);
    await once(socket, 'close');
  });

  test('is given up with the signal, before and meanwhile, and the dial hears of it', async () => {
    const port = await startServer(() => undefined);
    const options = { host, port, limits: limitsOf() };
    await assert.rejects(ClientChannel.connect({ ...options, signal: AbortSignal.abort() }), { code: 'aborted' });
    const abort = new AbortController();
    const heard = Promise.withResolvers<void>();
    const dial = (_target: unknown, signal: AbortSignal): Promise<Socket> => {
      signal.addEventListener('abort', () => heard.resolve());
      abort.abort();
      return new Promise(() => undefined);
    };
    await assert.rejects(ClientChannel.connect({ ...options, dial, signal: abort.signal }), { code: 'aborted' });
    await heard.promise;
  });

  test('through a dial leads where the dial was asked to go', async () => {
    const port = await startServer(() => undefined);
    const asked: unknown[] = [];
    const dial = async (target: unknown): Promise<Socket> => {
      asked.push(target);
      const socket = connect(port, host);
      await once(socket, 'connect');
      return socket;
    };
    const target = { host: 'ftp.example.org', port: 21 };
    await using channel = await ClientChannel.connect({ ...target, dial, limits: limitsOf() });
    assert.deepEqual(asked, [target]);
    assert.deepEqual(channel.remote, { address: 'ftp.example.org', port: 21 });
    assert.equal(channel.local.address, host);
  });

  for (const [systemCode, code] of [
    ['ENOTFOUND', 'not-found'],
    ['EAI_AGAIN', 'not-found'],
    ['ECONNREFUSED', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['ENETUNREACH', 'unreachable'],
    [undefined, 'unreachable'],
  ] as const) {
    test(`that fails with ${systemCode ?? 'an error of a proxy'} is ${code}`, () => {
      const cause = Object.assign(new Error('no way'), { code: systemCode });
      const error = connectFailure(cause, 'ftp.example.org', 21);
      assert.deepEqual([error.code, error.cause], [code, cause]);
      assert.match(error.message, /ftp\.example\.org/);
    });
  }
});

test('lines come in order, however they were cut, and commands go out', async () => {
  const { channel, server } = await connected();
  for (const piece of ['22', '0 hello\r', '\n331 who\r\n23', '0 in\r\n']) server.write(piece);
  assert.deepEqual(await lines(channel, 3), ['220 hello', '331 who', '230 in']);
  await channel.send(Buffer.from('NOOP\r\n'));
  const [command] = await once(server, 'data');
  assert.equal(command.toString(), 'NOOP\r\n');
});

test('a line that is too long is marked, and the next one is whole', async () => {
  const { channel, server } = await connected({ limits: limitsOf({ maxLineBytes: 10 }) });
  server.write(`220 ${'x'.repeat(100)}\r\n220 ok\r\n`);
  assert.deepEqual(await lines(channel, 2), ['too-long', '220 ok']);
});

test('a wait that was given up, or was too long, takes no line', async () => {
  const { channel, server } = await connected();
  const abort = new AbortController();
  const given = channel.nextLine({ timeoutMs: 5000, signal: abort.signal });
  abort.abort();
  await assert.rejects(given, { code: 'aborted' });
  await assert.rejects(channel.nextLine({ timeoutMs: 1 }), { code: 'timeout' });
  server.write('220 hello\r\n');
  assert.deepEqual(await lines(channel, 1), ['220 hello']);
  server.write('200 one\r\n221 bye\r\n');
  assert.deepEqual(await lines(channel, 1), ['200 one']);
  await assert.rejects(channel.nextLine({ ...wait, signal: AbortSignal.abort() }), { code: 'aborted' });
  assert.deepEqual(await lines(channel, 1), ['221 bye']);
});

test('a server that trickles bytes of a line does not lengthen the wait', async (context) => {
  const { channel, server } = await connected();
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const waited = channel.nextLine({ timeoutMs: 60 }).then(String, ({ code }) => code);
  for (const bytes of [1, 2, 3]) {
    server.write('x');
    while (channel.unfinishedBytes < bytes) await turn();
    context.mock.timers.tick(20);
  }
  assert.equal(await Promise.race([waited, stillWaits()]), 'timeout');
});

test('lines that came before the end are given first, then what ended it, every time', async () => {
  const { channel, server } = await connected();
  server.end(`${'421 going down\r\n'.repeat(20)}421 half a li`);
  assert.equal(await channel.closed, 'peer-closed');
  assert.deepEqual(new Set(await lines(channel, 20)), new Set(['421 going down']));
  await assert.rejects(channel.nextLine(wait), { code: 'peer-closed' });
  await assert.rejects(channel.nextLine(wait), { code: 'peer-closed' });
  await channel.send(Buffer.from('NOOP\r\n'));
});

test('a reset ends a wait', async () => {
  const { channel, server } = await connected();
  const waiting = channel.nextLine(wait);
  server.resetAndDestroy();
  await assert.rejects(waiting, { code: 'reset' });
  assert.equal(await channel.closed, 'reset');
});

test('a server whose lines nobody takes is not read from, and then nothing is missing', async () => {
  const { channel, server } = await connected();
  const count = 8000;
  const all = Buffer.from(Array.from({ length: count }, (_, index) => `${'x'.repeat(4000)}${index}\r\n`).join(''));
  let isTaken = false;
  server.write(all, () => {
    isTaken = true;
  });
  await lines(channel, 1);
  for (let turns = 0; turns < 200; turns += 1) await turn();
  assert.equal(isTaken, false);
  const rest = await lines(channel, count - 1);
  assert.ok(rest.at(-1)?.endsWith(`x${count - 1}`));
});

test('a server that does not take what is sent loses the connection: for too long, or too much of it', async () => {
  const slow = await connected({ limits: limitsOf({ stallMs: 50 }) });
  slow.server.pause();
  const sent = slow.channel.send(Buffer.alloc(60_000_000));
  assert.equal(await slow.channel.closed, 'unread');
  await sent;
  const { channel, server } = await connected();
  server.pause();
  // Each option that it asks for has to be refused (RFC 854); it reads none of it.
  const option = Buffer.from([255, 253, 24]);
  const options = Buffer.alloc(3 * 20_000, option);
  const flood = (): void => {
    server.write(options, (error) => error ?? flood());
  };
  flood();
  assert.equal(await channel.closed, 'unread');
});

test('closing sends the last bytes and waits for the server to end; one that does not is left', async () => {
  const polite = await connected();
  const [command] = await Promise.all([
    once(polite.server, 'data'),
    once(polite.server, 'end').then(() => polite.server.end('221 bye\r\n')),
    polite.channel.close(Buffer.from('QUIT\r\n')),
  ]);
  assert.equal(command.toString(), 'QUIT\r\n');
  const rude = await connected({ limits: limitsOf({ replyFlushMs: 30 }) });
  await rude.channel.close();
  assert.equal(await rude.channel.closed, 'closed');
  await rude.channel.close();
  await assert.rejects(rude.channel.nextLine(wait), { code: 'closed' });
});

test('what comes after the channel was destroyed disturbs nobody', async () => {
  const { channel, server } = await connected();
  const waiting = channel.nextLine(wait);
  channel.destroy();
  await assert.rejects(waiting, { code: 'closed' });
  server.write('220 too late\r\n');
  server.resetAndDestroy();
  assert.equal(await channel.closed, 'closed');
});

/** What is known of a wait that everything has come for by which it could end. */
async function stillWaits(): Promise<string> {
  for (let turns = 0; turns < 10; turns += 1) await turn();
  return 'still waits';
}
