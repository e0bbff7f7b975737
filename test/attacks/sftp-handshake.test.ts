import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { suite, test } from 'node:test';
import { ByteWriter } from '../../src/protocol/index.ts';
import { HeldClock } from '../../src/testing/held-clock.ts';
import { startTestSftp } from '../../src/testing/running-sftp.ts';

/** `npm run slow-handshakes` holds 2,000. */
const HANDSHAKES = Number(process.env['LOCKPORT_SLOW_HANDSHAKES'] ?? 200);
const MAX_BYTES_EACH = 200_000;

const IGNORE = 2;
const KEXINIT = 20;
const ECDH_INIT = 30;
const ECDH_REPLY = 31;
const STRICT_CLIENT = 'kex-strict-c-v00@openssh.com';
const STRICT_SERVER = 'kex-strict-s-v00@openssh.com';

suite('a key exchange that somebody tampers with (Terrapin, CVE-2023-48795)', () => {
  test('strict key exchange is offered in every profile', async () => {
    for (const profile of ['modern', 'intermediate', 'fips'] as const) {
      await using server = await startTestSftp({ profile });
      const peer = await Peer.connect(server.port);
      const offered = await peer.message(KEXINIT);
      assert.ok(offered?.includes(STRICT_SERVER));
      peer.socket.destroy();
    }
  });

  test('a message that does not belong into a strict exchange ends the connection', async () => {
    await using server = await startTestSftp();
    const peer = await Peer.connect(server.port);
    peer.exchange(['curve25519-sha256', STRICT_CLIENT]);
    assert.equal(await peer.message(ECDH_REPLY), undefined);
    await server.event(({ event }) => event === 'handshake.failed');
  });

  // So that the test above shows what it says: to other clients the message means nothing (RFC 4253 section 11.2).
  test('it does not end the exchange with a client that has no strict one', async () => {
    await using server = await startTestSftp();
    const peer = await Peer.connect(server.port);
    peer.exchange(['curve25519-sha256']);
    assert.ok(await peer.message(ECDH_REPLY));
    peer.socket.destroy();
  });
});

test(`${HANDSHAKES} handshakes that stand still hold little, end in time, and keep nobody else out`, async (context) => {
  const clock = new HeldClock(context);
  const room = HANDSHAKES + 1;
  await using server = await startTestSftp({ limits: { maxConnections: room, maxConnectionsPerAddress: room } });
  const before = bytesInUse();
  const peers = await Promise.all(Array.from({ length: HANDSHAKES }, () => Peer.connect(server.port)));
  for (const { socket } of peers) socket.write(packet(keyExchangeInit(['curve25519-sha256'])).subarray(0, 100));
  await Promise.all(peers.map((peer) => peer.message(KEXINIT)));
  const each = Math.round((bytesInUse() - before) / HANDSHAKES);
  context.diagnostic(`each holds ${each} bytes, on both sides together`);
  assert.ok(each < MAX_BYTES_EACH, `each holds ${each} bytes`);
  await using ssh = await server.connect();
  assert.ok(ssh);
  await clock.passUntil(Promise.all(peers.map(({ closed }) => closed)));
  const inTime = () =>
    server.events.filter((event) => event.event === 'handshake.failed' && event.code === 'timeout').length;
  await server.event(() => inTime() === HANDSHAKES);
});

/** A client that speaks SSH as far as the messages before there are keys. */
class Peer {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = once(socket, 'close');
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        this.#received = Buffer.concat([this.#received, chunk]);
      });
  }

  static async connect(port: number): Promise<Peer> {
    const socket = connect(port, '127.0.0.1');
    const peer = new Peer(socket);
    await once(socket, 'connect');
    socket.write('SSH-2.0-test\r\n');
    return peer;
  }

  /** Offers algorithms, says something that has no place there, and begins the exchange. */
  exchange(kex: readonly string[]): void {
    const { publicKey } = generateKeyPairSync('x25519');
    const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    this.socket.write(packet(keyExchangeInit(kex)));
    this.socket.write(packet(new ByteWriter().uint8(IGNORE).text('padding').bytes()));
    this.socket.write(packet(new ByteWriter().uint8(ECDH_INIT).string(point).bytes()));
  }

  /** The first message of this type, of those that have come or will; undefined where the connection ends without it. */
  async message(type: number): Promise<Buffer | undefined> {
    for (;;) {
      const found = messagesIn(this.#received).find((payload) => payload[0] === type);
      if (found || this.socket.closed) return found;
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
  }
}

/** Whole messages behind the version line; each has its length, and that of its padding, before it (RFC 4253 section 6). */
function messagesIn(received: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  const end = received.indexOf('\r\n');
  if (end < 0) return messages;
  for (let at = end + 2; at + 5 <= received.length; ) {
    const [length, padding] = [received.readUInt32BE(at), received.readUInt8(at + 4)];
    if (at + 4 + length > received.length) break;
    messages.push(received.subarray(at + 5, at + 4 + length - padding));
    at += 4 + length;
  }
  return messages;
}

function packet(payload: Buffer): Buffer {
  const padding = 8 + ((8 - ((payload.length + 5) % 8)) % 8);
  const head = new ByteWriter().uint32(payload.length + 1 + padding).uint8(padding);
  return head.raw(payload).raw(randomBytes(padding)).bytes();
}

function keyExchangeInit(kex: readonly string[]): Buffer {
  const writer = new ByteWriter().uint8(KEXINIT).raw(randomBytes(16)).text(kex.join(','));
  const ciphers = 'aes256-gcm@openssh.com';
  for (const names of ['ssh-ed25519', ciphers, ciphers, 'hmac-sha2-256', 'hmac-sha2-256', 'none', 'none', '', ''])
    writer.text(names);
  return writer.uint8(0).uint32(0).bytes();
}

function bytesInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
