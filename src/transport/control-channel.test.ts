import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { after, describe, test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type Limits, limitsWith } from '../core/index.ts';
import { testCertificate } from '../testing/certificates.ts';
import { ControlChannel } from './control-channel.ts';
import { tcpPair } from './tcp-pair.ts';
import { createTlsIdentity } from './tls-identity.ts';
import { Tunnel } from './tunnel.ts';

const certificate = await testCertificate(['localhost']);
const versions = ['TLSv1.2', 'TLSv1.3'] as const;

/** What comes, to be waited for. */
class Inbox {
  readonly #items: string[] = [];
  #wake = (): void => undefined;

  get all(): readonly string[] {
    return this.#items;
  }

  readonly add = (item: Buffer | string): void => {
    this.#items.push(item.toString());
    this.#wake();
  };

  /** Resolves when `item` is among what came. */
  async has(item: string): Promise<void> {
    while (!this.#items.includes(item)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Sends every byte in a segment of its own. */
class Trickle extends Duplex {
  readonly #tcp: Socket;

  constructor(tcp: Socket) {
    super();
    this.#tcp = tcp;
    tcp.on('data', (chunk) => this.push(chunk)).on('close', () => this.destroy());
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (const byte of chunk) this.#tcp.write(Buffer.of(byte));
    done();
  }
}

interface Setup {
  readonly channel: ControlChannel;
  readonly client: Socket;
  /** The lines that the channel delivered, and `(end)`. */
  readonly lines: Inbox;
  readonly secured: () => Promise<unknown>;
}

/** A channel that starts TLS on AUTH, ends it on REIN, and sends every other line back. */
async function setup(limits: Partial<Limits> = {}): Promise<Setup> {
  const [accepted, client] = await tcpPair();
  const channel = new ControlChannel(accepted, limitsWith(limits));
  const tls = createTlsIdentity({ certificates: [certificate] }, limitsWith(limits)).forConnection();
  const lines = new Inbox();
  let securing: Promise<unknown> = Promise.resolve();
  client.on('error', () => undefined);
  after(async () => {
    client.destroy();
    await channel[Symbol.asyncDispose]();
  });
  channel.listen({
    onLine(line) {
      lines.add(line);
      const text = line.toString();
      if (text === 'AUTH TLS') securing = channel.secure(tls, Buffer.from('234 go\r\n')).catch((error) => error);
      else if (text === 'REIN') securing = channel.unsecure(Buffer.from('220 anew\r\n'));
      else securing = channel.send(Buffer.from(`200 ${text}\r\n`));
    },
    onEnd: () => lines.add('(end)'),
  });
  return { channel, client, lines, secured: () => securing };
}

async function replyOn(stream: Duplex): Promise<string> {
  const [bytes] = (await once(stream, 'data')) as [Buffer];
  return bytes.toString();
}

/** AUTH on a client; its TLS runs over a tunnel, so that it can be taken off again. */
async function startTls(client: Socket, options: ConnectionOptions = {}): Promise<{ tls: TLSSocket; tunnel: Tunnel }> {
  client.write('AUTH TLS\r\n');
  assert.equal(await replyOn(client), '234 go\r\n');
  const tunnel = new Tunnel(client);
  const tls = connect({ socket: tunnel, rejectUnauthorized: false, ...options });
  tls.on('error', () => undefined);
  await once(tls, 'secureConnect');
  return { tls, tunnel };
}

async function ask(stream: Duplex, line: string): Promise<string> {
  stream.write(`${line}\r\n`);
  return replyOn(stream);
}

describe('lines', () => {
  test('are delivered whole and in order, however they are cut on the wire', async () => {
    const { client, lines } = await setup();
    for (const byte of Buffer.from('ONE\r\nTWO\r\n')) client.write(Buffer.of(byte));
    client.write('THREE\r\nFOUR\r\nFI');
    client.end('VE\r\n');
    await lines.has('(end)');
    assert.deepEqual(lines.all, ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', '(end)']);
  });

  test('that are too long are told as such, and the next one is read', async () => {
    const { client, lines } = await setup({ maxLineBytes: 20 });
    client.end(`${'x'.repeat(50)}\r\nNOOP\r\n`);
    await lines.has('(end)');
    assert.deepEqual(lines.all, ['too-long', 'NOOP', '(end)']);
  });

  test('wait while the channel is paused, and so does the end', async () => {
    const { channel, client, lines } = await setup();
    channel.pause();
    client.end('ONE\r\nTWO\r\n');
    await once(client, 'finish');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(lines.all, []);
    channel.resume();
    await lines.has('(end)');
    assert.deepEqual(lines.all, ['ONE', 'TWO', '(end)']);
  });

  test('stop at once when the one that was delivered pauses the channel', async () => {
    const [accepted, client] = await tcpPair();
    await using channel = new ControlChannel(accepted, limitsWith());
    const lines = new Inbox();
    channel.listen({
      onLine(line) {
        lines.add(line);
        channel.pause();
      },
      onEnd: () => lines.add('(end)'),
    });
    client.end('ONE\r\nTWO\r\n');
    for (const [index, line] of ['ONE', 'TWO', '(end)'].entries()) {
      await lines.has(line);
      assert.equal(lines.all.length, index + 1);
      channel.resume();
    }
    client.destroy();
  });

  test('may hold Telnet options, which are refused', async () => {
    const { client, lines } = await setup();
    client.write(Buffer.from([0xff, 0xfd, 0x06, ...Buffer.from('NOOP\r\n')]));
    assert.equal(await replyOn(client), '\xff\xfc\x06200 NOOP\r\n'.replace('\xff\xfc', '\ufffd\ufffd'));
    await lines.has('NOOP');
  });
});

describe('the end of a channel', () => {
  test('by the peer is told, with the lines before it', async () => {
    const { channel, client, lines } = await setup();
    client.end('QUIT\r\n');
    await lines.has('(end)');
    await channel.close();
    assert.equal(await channel.closed, 'peer-closed');
  });

  test('by a reset of the peer is told', async () => {
    const { channel, client } = await setup();
    client.resetAndDestroy();
    assert.equal(await channel.closed, 'reset');
  });

  test('by close brings the last reply to the peer, even when more of its own comes meanwhile', async () => {
    const { channel, client, lines } = await setup();
    client.write('QUIT\r\n');
    await lines.has('QUIT');
    client.write('NOOP\r\n'.repeat(1000));
    const received: Buffer[] = [];
    client.on('data', (chunk) => received.push(chunk));
    client.on('end', () => client.end());
    await channel.close(Buffer.from('221 bye\r\n'));
    assert.equal(Buffer.concat(received).toString(), '200 QUIT\r\n221 bye\r\n');
    assert.equal(await channel.closed, 'closed');
  });

  test('by close does not wait forever for a peer that stays', async () => {
    const { channel, client } = await setup({ replyFlushMs: 30 });
    client.resume();
    await channel.close(Buffer.from('421 bye\r\n'));
    assert.equal(await channel.closed, 'closed');
  });

  test('comes to a peer that does not read, by the bytes that wait for it', async () => {
    const { channel, client } = await setup({ maxReplyQueueBytes: 100_000 });
    client.pause();
    // More than the kernel takes for a peer that does not read.
    await Promise.all(Array.from({ length: 500 }, () => channel.send(Buffer.alloc(90_000))));
    assert.equal(await channel.closed, 'unread-replies');
  });

  test('comes to a peer that does not read, by the time that a reply waits for it', async () => {
    const { channel, client } = await setup({ maxReplyQueueBytes: 1e9, stallMs: 50 });
    client.pause();
    await channel.send(Buffer.alloc(50_000_000));
    assert.equal(await channel.closed, 'unread-replies');
  });

  test('leaves later sends and closes without effect', async () => {
    const { channel, client } = await setup();
    client.destroy();
    await channel[Symbol.asyncDispose]();
    await channel.send(Buffer.from('200 late\r\n'));
    await channel.close(Buffer.from('421 late\r\n'));
  });
});

for (const version of versions) {
  const only = { minVersion: version, maxVersion: version };

  describe(`TLS on the control connection, ${version}`, () => {
    test('begins with AUTH and carries lines both ways', async () => {
      const { channel, client } = await setup();
      assert.equal(channel.protection, 'clear');
      const { tls } = await startTls(client, only);
      assert.equal(await ask(tls, 'NOOP'), '200 NOOP\r\n');
      assert.equal(channel.protection, 'private');
      assert.equal(channel.tls?.version, version);
    });

    test('ends with a close_notify and the last reply before it', async () => {
      const { channel, client } = await setup();
      const { tls } = await startTls(client, only);
      const received: string[] = [];
      tls.on('data', (chunk) => received.push(chunk.toString())).on('end', () => tls.end());
      assert.equal(await ask(tls, 'QUIT'), '200 QUIT\r\n');
      await channel.close(Buffer.from('221 bye\r\n'));
      assert.deepEqual(received, ['200 QUIT\r\n', '221 bye\r\n']);
      assert.equal(await channel.closed, 'closed');
    });

    test('that the client ends right behind the handshake ends the channel', async () => {
      const { client, lines } = await setup();
      const { tls } = await startTls(client, only);
      tls.end();
      await lines.has('(end)');
    });

    test('is taken off by REIN, whose reply is still inside it, and can be put on again', async () => {
      const { channel, client, lines, secured } = await setup();
      for (let round = 0; round < 3; round += 1) {
        const { tls, tunnel } = await startTls(client, only);
        const ended = once(tls, 'end');
        assert.equal(await ask(tls, 'REIN'), '220 anew\r\n');
        // The end of TLS is close_notify here, as TCP goes on.
        await ended;
        assert.equal(client.readableEnded, false);
        await secured();
        assert.equal(channel.protection, 'clear');
        tunnel.release();
        client.resume();
        assert.equal(await ask(client, `CLEAR ${round}`), `200 CLEAR ${round}\r\n`);
      }
      assert.equal(lines.all.filter((line) => line.startsWith('CLEAR')).length, 3);
    });

    test('is taken off by REIN though the peer answers with a close_notify of its own', async () => {
      const { client, lines, secured } = await setup();
      const { tls } = await startTls(client, only);
      assert.equal(await ask(tls, 'REIN'), '220 anew\r\n');
      await secured();
      // Node's client ends TCP behind its close_notify: what comes before that must be no line.
      tls.end();
      await lines.has('(end)');
      assert.deepEqual(lines.all, ['AUTH TLS', 'REIN', '(end)']);
    });

    test('survives a client that writes one byte at a time', async () => {
      const { client } = await setup();
      client.write('AUTH TLS\r\n');
      await replyOn(client);
      const tls = connect({ socket: new Trickle(client), rejectUnauthorized: false, ...only });
      await once(tls, 'secureConnect');
      assert.equal(await ask(tls, 'NOOP'), '200 NOOP\r\n');
    });
  });
}

describe('what came in the clear is never read as if it had come in TLS', () => {
  for (const behind of ['USER evil\r\n', 'USER evil\r\nPASS x\r\n', 'U', '\r\n', '\x16\x03\x01', '\xff']) {
    test(`${JSON.stringify(behind)} in one segment with AUTH ends the connection`, async () => {
      const { channel, client, lines, secured } = await setup();
      const received: Buffer[] = [];
      client.on('data', (chunk) => received.push(chunk));
      client.write(Buffer.from(`AUTH TLS\r\n${behind}`, 'latin1'));
      assert.equal(await channel.closed, 'injected');
      assert.equal(((await secured()) as { code: string }).code, 'injected');
      assert.deepEqual(lines.all, ['AUTH TLS']);
      assert.equal(Buffer.concat(received).toString(), '');
    });
  }

  test('a command behind AUTH in single bytes ends the connection, and gets no reply', async () => {
    const { channel, client, lines } = await setup();
    const received: Buffer[] = [];
    client.on('data', (chunk) => received.push(chunk));
    for (const byte of Buffer.from('AUTH TLS\r\nUSER evil\r\n')) {
      client.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match(await channel.closed, /injected|tls-failed/);
    assert.deepEqual(lines.all, ['AUTH TLS']);
    assert.doesNotMatch(Buffer.concat(received).toString('latin1'), /200/);
  });

  test('a command that waits in the socket while AUTH is handled ends the connection', async () => {
    const { channel, client, lines } = await setup();
    client.write('AUTH TLS\r\n');
    assert.equal(await replyOn(client), '234 go\r\n');
    client.write('USER evil\r\n');
    assert.equal(await channel.closed, 'tls-failed');
    assert.deepEqual(lines.all, ['AUTH TLS']);
  });
});

describe('a TLS handshake on the control connection', () => {
  for (const [title, act, reason] of [
    ['that never begins', () => undefined, 'tls-failed'],
    ['that stops half way', (client: Socket) => client.write('\x16\x03\x01\x02\x00'), 'tls-failed'],
    ['in which TCP ends', (client: Socket) => client.end(), 'tls-failed'],
    ['in which TCP is reset', (client: Socket) => client.resetAndDestroy(), 'reset'],
  ] as const) {
    test(`${title} ends the channel`, async () => {
      const { channel, client, secured } = await setup({ tlsHandshakeMs: 50 });
      client.write('AUTH TLS\r\n');
      await replyOn(client);
      act(client);
      assert.equal(await channel.closed, reason);
      assert.equal(((await secured()) as { code: string }).code, 'tls-failed');
    });
  }

  test('is not disturbed by a reply in the clear', async () => {
    const { channel, client } = await setup();
    client.write('AUTH TLS\r\n');
    await replyOn(client);
    await channel.send(Buffer.from('421 Too slow\r\n'));
    const tls = connect({ socket: client, rejectUnauthorized: false });
    await once(tls, 'secureConnect');
    assert.equal(await ask(tls, 'NOOP'), '200 NOOP\r\n');
  });

  test('can come first, before anything is read in the clear', async () => {
    const [accepted, client] = await tcpPair();
    await using channel = new ControlChannel(accepted, limitsWith());
    const identity = createTlsIdentity({ certificates: [certificate] }, limitsWith());
    const tls = connect({ socket: client, rejectUnauthorized: false, ALPNProtocols: ['ftp'] });
    const facts = await channel.secure(identity.forConnection(), undefined);
    assert.equal(facts.alpn, 'ftp');
    await channel.send(Buffer.from('220 hello\r\n'));
    assert.equal(await replyOn(tls), '220 hello\r\n');
    const lines = new Inbox();
    channel.listen({ onLine: lines.add, onEnd: () => undefined });
    tls.write('NOOP\r\n');
    await lines.has('NOOP');
    client.destroy();
  });

  test('is refused on a connection that is in TLS already', async () => {
    const { channel, client, secured } = await setup();
    const { tls } = await startTls(client);
    tls.write('AUTH TLS\r\n');
    await channel.closed;
    assert.equal(((await secured()) as { code: string }).code, 'closed');
  });
});
