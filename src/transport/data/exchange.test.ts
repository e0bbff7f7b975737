import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { heldSilence } from '../../testing/held-silence.ts';
import { closed, endless, Kept, kinds, never, open, pattern } from './data-connection-fixture.test.ts';

const bytes = pattern(300_000);
const PIECES = 10_000;

async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 50_000) yield content.subarray(at, at + 50_000);
}

for (const kind of kinds) {
  describe(`an exchange, ${kind}`, () => {
    test('passes bytes both ways at once, through the limit of the rate, and ends in good order', async () => {
      const { connection, client } = await open(kind);
      const incoming = new Kept();
      let limited = 0;
      let largest = 0;
      const rateLimiter = {
        async take(count: number) {
          limited += count;
          largest = Math.max(largest, count);
        },
      };
      const got: Buffer[] = [];
      client.on('data', (chunk: Buffer) => got.push(chunk));
      const heard = Promise.withResolvers<void>();
      // The server's side ends when it has all: here, as many bytes as it sends.
      const counting = new Writable({
        write(chunk: Buffer, _encoding, done) {
          incoming.write(chunk);
          if (incoming.bytes.length === bytes.length) heard.resolve();
          done();
        },
      });
      const outgoing = (async function* () {
        yield* pieces(bytes);
        await heard.promise;
      })();
      const exchanged = connection.exchange({
        incoming: counting,
        outgoing,
        endsStream: true,
        signal: never,
        rateLimiter,
      });
      client.write(bytes);
      await once(client, 'end');
      client.end();
      await exchanged;
      assert.ok(Buffer.concat(got).equals(bytes) && incoming.bytes.equals(bytes));
      assert.equal(limited, 2 * bytes.length);
      // What comes is as large as a record or what the system gives at once.
      assert.ok(largest <= 65_536, `${largest} bytes passed at once`);
      assert.equal(connection.bytes, 2 * bytes.length);
    });

    test('holds nothing of the pieces that were sent, however many they are', async () => {
      setFlagsFromString('--expose-gc');
      const collect: () => void = runInNewContext('gc');
      const { connection, client } = await open(kind);
      client.resume();
      const held: number[] = [];
      const outgoing = (async function* () {
        const piece = Buffer.alloc(10);
        for (let count = 0; count < 1000; count += 1) yield piece;
        // What V8 keeps of its own comes once: what is held of each piece comes in each round.
        for (let round = 0; round < 3; round += 1) {
          collect();
          const before = process.memoryUsage().heapUsed;
          for (let count = 0; count < PIECES; count += 1) yield piece;
          collect();
          held.push(process.memoryUsage().heapUsed - before);
        }
      })();
      const exchanged = connection.exchange({ incoming: new Kept(), outgoing, endsStream: true, signal: never });
      await once(client, 'end');
      client.end();
      await exchanged;
      assert.ok(Math.min(...held) < 20 * PIECES, `${held.join(', ')} bytes are held of ${PIECES} pieces each`);
    });

    test('ends when the peer ends it, for the side that does not', async () => {
      const { connection, client } = await open(kind, { direction: 'download' });
      const incoming = new Kept();
      const exchanged = connection.exchange({
        incoming,
        outgoing: pieces(bytes),
        endsStream: false,
        signal: never,
      });
      client.resume();
      client.end(bytes);
      await exchanged;
      assert.ok(incoming.bytes.equals(bytes));
    });

    test('that is reset fails, and what was to come is broken off', async () => {
      const { connection, client, tcp } = await open(kind);
      const incoming = new Kept();
      const outgoing = endless();
      const exchanged = connection.exchange({ incoming, outgoing, endsStream: true, signal: never });
      client.once('data', () => tcp.resetAndDestroy());
      await assert.rejects(exchanged, { name: 'DataError' });
      assert.equal(incoming.destroyed || incoming.writableEnded, true);
    });

    test('with a peer that does not read is stalled', async () => {
      const { connection, client } = await open(kind, { limits: { stallMs: 200 } });
      client.pause();
      const exchanged = connection.exchange({
        incoming: new Kept(),
        outgoing: endless(),
        endsStream: true,
        signal: never,
      });
      await assert.rejects(exchanged, { name: 'DataError', code: 'stalled' });
    });

    test('pays for what it sends in small portions, and its wait for the rate is no stall of the peer', async (t) => {
      const silence = heldSilence(t);
      const { connection, client } = await open(kind, { limits: silence.limits });
      client.resume();
      const portions: number[] = [];
      const paid = Promise.withResolvers<void>();
      const rateLimiter = {
        take(count: number) {
          portions.push(count);
          return paid.promise;
        },
      };
      const exchanged = connection.exchange({
        incoming: new Kept(),
        outgoing: pieces(bytes),
        endsStream: true,
        signal: never,
        rateLimiter,
      });
      await new Promise((resolve) => setImmediate(resolve));
      silence.falls();
      client.once('end', () => client.end());
      paid.resolve();
      await exchanged;
      assert.equal(Math.max(...portions), 16 * 1024);
      assert.equal(connection.bytes, bytes.length);
    });

    test('does not take its own work for a stall of the peer', async (t) => {
      const silence = heldSilence(t);
      const { connection, client } = await open(kind, { limits: silence.limits });
      let isWorking = true;
      const exchanged = connection.exchange({
        incoming: new Kept(),
        outgoing: (async function* () {
          await new Promise(() => undefined);
          yield Buffer.alloc(0);
        })(),
        endsStream: true,
        signal: never,
        isWorking: () => isWorking,
      });
      client.resume();
      silence.falls();
      assert.equal(await Promise.race([exchanged, new Promise((resolve) => setImmediate(() => resolve('on')))]), 'on');
      isWorking = false;
      silence.falls();
      await assert.rejects(exchanged, { name: 'DataError', code: 'stalled' });
    });

    test('is held back by who takes what comes: no more is read than that takes', async () => {
      const { connection, client } = await open(kind);
      let taken = 0;
      const stuck = new Writable({
        highWaterMark: 1,
        write(chunk: Buffer) {
          taken += chunk.length;
        },
      });
      const never2 = new AbortController();
      const waiting = (async function* () {
        await new Promise(() => undefined);
        yield Buffer.alloc(0);
      })();
      const exchanged = connection.exchange({
        incoming: stuck,
        outgoing: waiting,
        endsStream: true,
        signal: never2.signal,
      });
      const flood = Buffer.alloc(50_000_000);
      client.write(flood);
      for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.ok(taken < 1_000_000, `${taken} bytes were taken`);
      never2.abort();
      await assert.rejects(exchanged, { code: 'aborted' });
      await closed(client);
    });
  });
}
