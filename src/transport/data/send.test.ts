import assert from 'node:assert/strict';
import { Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { heldSilence } from '../../testing/held-silence.ts';
import { closed, endless, kinds, open, whole } from './data-connection-fixture.test.ts';

for (const kind of kinds) {
  describe(`a download that goes wrong, ${kind}`, () => {
    const direction = 'download';

    test('by a reset throws a typed error', async () => {
      const { connection, tcp } = await open(kind, { direction });
      const sent = connection.send(endless(), whole);
      tcp.resetAndDestroy();
      await assert.rejects(sent, { name: 'DataError', code: 'reset', ending: 'reset' });
    });

    if (kind !== 'clear') {
      test('by a client that ended TCP alone before it began throws a typed error', async () => {
        const { connection, tcp } = await open(kind, { direction });
        tcp.end();
        for (let turn = 0; turn < 20; turn += 1) await setImmediate();
        await assert.rejects(connection.send(endless(), whole), { name: 'DataError', code: 'reset' });
      });
    }

    test('by a client that closes early throws a typed error', async () => {
      const { connection, client } = await open(kind, { direction });
      const sent = connection.send(endless(), whole);
      client.once('data', () => client.destroy());
      await assert.rejects(sent, { name: 'DataError', code: 'reset' });
    });

    test('by a client that does not read is stalled', async () => {
      const { connection, client } = await open(kind, { direction, limits: { stallMs: 100 } });
      client.pause();
      await assert.rejects(connection.send(endless(), whole), { name: 'DataError', code: 'stalled' });
    });

    test('by the signal is aborted, and the client does not take what came for the whole', async () => {
      const { connection, client } = await open(kind, { direction });
      const abort = new AbortController();
      const sent = connection.send(endless(), { signal: abort.signal });
      let hasEnded = false;
      client.on('end', () => {
        hasEnded = kind === 'clear';
      });
      client.once('data', () => abort.abort()).resume();
      await assert.rejects(sent, { name: 'DataError', code: 'aborted' });
      await closed(client);
      assert.equal(hasEnded, false);
    });

    test('by the signal is aborted though the source is stuck', async () => {
      const { connection } = await open(kind, { direction });
      const abort = new AbortController();
      const sent = connection.send(new Readable({ read() {} }), { signal: abort.signal });
      abort.abort();
      await assert.rejects(sent, { name: 'DataError', code: 'aborted' });
    });

    test('in its source throws what the source threw, and the client does not take it for the whole', async () => {
      const { connection, client } = await open(kind, { direction });
      const failure = new Error('the disk');
      const source = async function* () {
        yield Buffer.alloc(100_000);
        throw failure;
      };
      const reset = new Promise((resolve) => client.on('error', resolve));
      client.resume();
      await assert.rejects(connection.send(source(), whole), (error) => error === failure);
      assert.equal(((await reset) as NodeJS.ErrnoException).code, 'ECONNRESET');
    });

    test('slowly is no stall', async (context) => {
      const { limits, socket, falls } = heldSilence(context);
      const { connection, client } = await open(kind, { direction, limits });
      client.on('end', () => client.end()).resume();
      const stream = await socket();
      const source = (async function* () {
        for (let part = 0; part < 4; part += 1) {
          while (stream.writableLength > 0) await setImmediate();
          falls();
          yield Buffer.alloc(1_000_000);
        }
      })();
      assert.deepEqual(await connection.send(source, whole), { bytes: 4_000_000 });
    });

    test('in a client that keeps its side open ends after the time allowed for that', async () => {
      const { connection, client } = await open(kind, { direction, limits: { closeNotifyMs: 30 } });
      client.resume();
      assert.deepEqual(await connection.send(Readable.from([Buffer.alloc(1000)]), whole), { bytes: 1000 });
      await connection[Symbol.asyncDispose]();
    });
  });
}

test('in the clear a client that keeps its side open is not waited for', async () => {
  const { connection, client } = await open('clear', {
    direction: 'download',
    limits: { closeNotifyMs: 1_000_000, replyFlushMs: 1_000_000 },
  });
  const got = buffer(client);
  assert.deepEqual(await connection.send(Readable.from([Buffer.alloc(1_000_000)]), whole), { bytes: 1_000_000 });
  await connection[Symbol.asyncDispose]();
  assert.equal((await got).length, 1_000_000);
});

test('a step is told when its download is given up', async () => {
  const { connection, tcp } = await open('clear', { direction: 'download' });
  const step = new Transform({ transform: (chunk, _encoding, done) => done(null, chunk) });
  const sent = connection.send(endless(), { ...whole, through: [step] });
  tcp.resetAndDestroy();
  await assert.rejects(sent, { code: 'reset' });
  await closed(step);
});
