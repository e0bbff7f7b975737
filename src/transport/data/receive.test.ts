import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { heldSilence } from '../../testing/held-silence.ts';
import { closed, Kept, kinds, open, pattern, whole } from './data-connection-fixture.test.ts';

for (const kind of kinds) {
  describe(`an upload that goes wrong, ${kind}`, () => {
    test('by a reset ends in reset', async () => {
      const { client, connection, tcp } = await open(kind);
      client.write('part', () => tcp.resetAndDestroy());
      assert.equal((await connection.receive(new Kept(), whole)).ending, 'reset');
    });

    if (kind !== 'clear') {
      test('by the end of TCP alone ends in cut, with all that came in the sink', async () => {
        const { client, connection, tcp } = await open(kind);
        const bytes = pattern(100_000);
        client.write(bytes, () => tcp.end());
        const sink = new Kept();
        assert.deepEqual(await connection.receive(sink, whole), { bytes: 100_000, ending: 'cut' });
        assert.deepEqual(sink.bytes, bytes);
      });
    }

    test('by silence ends in stalled', async (context) => {
      const { limits, falls } = heldSilence(context);
      const { client, connection } = await open(kind, { limits });
      client.write('part');
      const received = connection.receive(new Kept(), whole);
      while (connection.bytes === 0) await setImmediate();
      falls();
      assert.deepEqual(await received, { bytes: 4, ending: 'stalled' });
      await closed(client);
    });

    test('by the signal ends in aborted', async () => {
      const { client, connection } = await open(kind);
      const abort = new AbortController();
      const sink = new Kept();
      const received = connection.receive(sink, { signal: abort.signal });
      client.write('part');
      while (connection.bytes === 0) await setImmediate();
      abort.abort();
      assert.deepEqual(await received, { bytes: 4, ending: 'aborted' });
      assert.equal(sink.destroyed, false);
      await closed(client);
    });

    test('in its sink throws what the sink threw, and resets the connection', async () => {
      const { client, connection } = await open(kind);
      const failure = new Error('no space');
      const sink = new Writable({ write: (_chunk, _encoding, done) => done(failure) });
      sink.on('error', () => undefined);
      client.write('part');
      await assert.rejects(connection.receive(sink, whole), (error) => error === failure);
      await closed(client);
    });

    test('in a step throws what the step threw', async () => {
      const { client, connection } = await open(kind);
      client.end('this is not gzip');
      const through = [createGunzip()];
      await assert.rejects(connection.receive(new Kept(), { ...whole, through }), { code: 'Z_DATA_ERROR' });
    });

    test('in its storage is held back by it and is no stall; in silence behind that it is one', async (context) => {
      const { limits, socket, falls } = heldSilence(context);
      const { client, connection } = await open(kind, { limits });
      let accept = (): void => undefined;
      const sink = new Writable({
        write(_chunk, _encoding, done) {
          accept = done;
        },
      });
      const received = connection.receive(sink, whole);
      client.write(Buffer.alloc(5_000_000));
      const stream = await socket();
      while (!stream.isPaused()) await setImmediate();
      falls();
      assert.ok(connection.bytes < 5_000_000);
      sink._write = (_chunk, _encoding, done) => done();
      accept();
      while (connection.bytes < 5_000_000 || stream.isPaused()) await setImmediate();
      falls();
      assert.deepEqual(await received, { bytes: 5_000_000, ending: 'stalled' });
    });
  });
}
