import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createGunzip, createGzip } from 'node:zlib';
import { limitsWith } from '../../core/index.ts';
import {
  closed,
  identity,
  Kept,
  kinds,
  never,
  open,
  pattern,
  ports,
  ticketOf,
  whole,
} from './data-connection-fixture.test.ts';
import { createRateLimiter } from './rate-limiter.ts';

for (const kind of kinds) {
  describe(`a transfer, ${kind}`, () => {
    for (const size of [0, 1, 16_384, 16_385, 1_000_003]) {
      test(`of ${size} bytes arrives whole, both ways`, async () => {
        const bytes = pattern(size);
        const up = await open(kind);
        const sink = new Kept();
        up.client.end(bytes);
        assert.deepEqual(await up.connection.receive(sink, whole), { bytes: size, ending: 'clean' });
        assert.deepEqual(sink.bytes, bytes);
        assert.equal(sink.writableEnded, false);
        const down = await open(kind, { direction: 'download' });
        const received = buffer(down.client.on('end', () => down.client.end()));
        assert.deepEqual(await down.connection.send(Readable.from([bytes]), whole), { bytes: size });
        assert.deepEqual(await received, bytes);
      });
    }

    test('of single bytes arrives whole', async () => {
      const { client, connection } = await open(kind);
      const bytes = pattern(300);
      for (const byte of bytes) client.write(Buffer.of(byte));
      client.end();
      const sink = new Kept();
      await connection.receive(sink, whole);
      assert.deepEqual(sink.bytes, bytes);
    });

    test('of nothing is heard though it ends before anyone receives', async () => {
      const { client, connection } = await open(kind);
      await new Promise<void>((resolve) => client.end(resolve));
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(await connection.receive(new Kept(), whole), { bytes: 0, ending: 'clean' });
    });

    test('passes its steps in order, and counts what the storage sees', async () => {
      const bytes = Buffer.alloc(500_000, 'lockport ');
      const up = await open(kind);
      Readable.from([bytes]).pipe(createGzip()).pipe(up.client);
      const sink = new Kept();
      const through = [createGunzip(), new PassThrough()];
      assert.deepEqual(await up.connection.receive(sink, { ...whole, through }), { bytes: 500_000, ending: 'clean' });
      assert.deepEqual(sink.bytes, bytes);
      const down = await open(kind, { direction: 'download' });
      const received = buffer(down.client.on('end', () => down.client.end()).pipe(createGunzip()));
      const sent = await down.connection.send(Readable.from([bytes]), { ...whole, through: [createGzip()] });
      assert.equal(sent.bytes, 500_000);
      assert.deepEqual(await received, bytes);
    });

    test('keeps to its rate limit, both ways', async () => {
      const bytes = Buffer.alloc(60_000);
      const began = performance.now();
      const up = await open(kind);
      up.client.end(bytes);
      await up.connection.receive(new Kept(), { ...whole, rateLimiter: createRateLimiter(200_000) });
      const down = await open(kind, { direction: 'download' });
      down.client.resume().on('end', () => down.client.end());
      await down.connection.send(Readable.from([bytes]), { ...whole, rateLimiter: createRateLimiter(200_000) });
      // 300 ms each way, 100 ms of which may pass at once.
      assert.ok(performance.now() - began >= 395);
    });
  });
}

test('disposing ends what is under way', async () => {
  const { connection, client } = await open('TLSv1.3');
  const received = connection.receive(new Kept(), whole);
  await connection[Symbol.asyncDispose]();
  assert.equal((await received).ending, 'aborted');
  if (!client.closed) await closed(client);
});

// TLS 1.3 tickets that nobody reads: the client's kernel answers them with a reset, and the end of the file is lost.
for (const isResumed of [true, false]) {
  test(`uploads of a client that closes without reading arrive whole, ${isResumed ? 'resumed' : 'not resumed'}`, async () => {
    const bytes = pattern(200_000);
    for (let round = 0; round < 50; round += 1) {
      const tls = identity.forConnection();
      const endpoint = await ports.listen('127.0.0.1', '127.0.0.1', limitsWith());
      const session = isResumed ? { session: await ticketOf(tls, {}) } : {};
      const tcp = connectTcp({ host: '127.0.0.1', port: endpoint.address.port });
      const client = connectTls({ rejectUnauthorized: false, servername: 'localhost', ...session, socket: tcp });
      client.on('error', () => undefined);
      client.once('secureConnect', () => client.pause().end(bytes, () => client.destroy()));
      await using connection = await endpoint.open({
        tls,
        direction: 'upload',
        sessionReuse: 'prefer',
        limits: limitsWith(),
        signal: never,
      });
      assert.equal(connection.tls?.resumed, isResumed);
      const sink = new Kept();
      assert.equal((await connection.receive(sink, whole)).ending, 'clean', `round ${round}`);
      assert.deepEqual(sink.bytes, bytes);
    }
  });
}
