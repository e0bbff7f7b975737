import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { heldSilence } from '../../testing/held-silence.ts';
import { type Client, connect } from '../client.ts';
import { alice, failure, ownServer } from '../client-fixture.test.ts';
import { LARGE, Scratch } from './transfer-fixture.test.ts';
import type { Sink, Source } from './transfer-options.ts';

/** A client with one connection, and a large file on its server; the connection must be the same afterwards. */
async function onOneConnection(work: (client: Client, scratch: Scratch) => Promise<void>): Promise<void> {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server, { limits: { abortMs: 5000 } }));
  await writeFile(join(server.root, 'f'), LARGE);
  await work(client, scratch);
  assert.ok(LARGE.equals(await client.readBuffer('f')));
  assert.equal(server.events.filter(({ event }) => event === 'session.opened').length, 1);
}

test('the signal ends a download into every kind of sink, and the connection goes on', async () => {
  await onOneConnection(async (client, scratch) => {
    const sinks: readonly (() => Sink)[] = [
      () => scratch.at('f'),
      () => new PassThrough().resume(),
      () => new WritableStream<Uint8Array>(),
      // These take nothing, and never call back.
      () => new Writable({ write() {}, highWaterMark: 1 }),
      () => new WritableStream<Uint8Array>({ write: () => new Promise<void>(() => undefined) }),
      () => new Writable({ final() {}, write: (_chunk, _encoding, done) => done() }),
    ];
    for (const sink of sinks) {
      const stop = new AbortController();
      const reason = new Error('Enough');
      const call = client.download('f', sink(), {
        signal: stop.signal,
        maxBytesPerSecond: 50_000_000,
        onProgress: ({ bytes }) => bytes > 0 && stop.abort(reason),
      });
      setTimeout(() => stop.abort(reason), 400).unref();
      assert.equal((await failure('aborted', call)).cause, reason);
    }
    assert.deepEqual(await scratch.names(), []);
  });
});

test('the signal ends an upload, from a source that hangs too, and the connection goes on', async () => {
  await onOneConnection(async (client) => {
    const hanging = async function* (): AsyncIterable<Uint8Array> {
      yield LARGE.subarray(0, 100_000);
      await new Promise(() => undefined);
    };
    const node = new Readable({ read() {} });
    const sources: readonly Source[] = [hanging(), hanging, node, new ReadableStream<Uint8Array>()];
    for (const source of sources) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 50);
      await failure('aborted', client.upload(source, 'g', { signal: stop.signal }));
      await failure('not-found', client.stat('g'));
    }
    assert.ok(node.destroyed);
  });
});

test('a signal that was given before ends a call before anything is sent or made', async () => {
  await onOneConnection(async (client, scratch) => {
    const signal = AbortSignal.abort();
    await failure('aborted', client.download('f', scratch.at('f'), { signal }));
    await failure('aborted', client.read('f', { signal }));
    await failure('aborted', client.readBuffer('f', { signal }));
    await failure('aborted', client.upload(LARGE, 'g', { signal }));
    assert.deepEqual(await scratch.names(), []);
  });
});

test('a sink that fails is told with its cause, and the connection goes on', async () => {
  await onOneConnection(async (client) => {
    const cause = new Error('The disk is full');
    const node = new Writable({ write: (_chunk, _encoding, done) => done(cause) });
    assert.equal((await failure('local', client.download('f', node))).cause, cause);
    const late = new Writable({ write: (_chunk, _encoding, done) => done(), final: (done) => done(cause) });
    assert.equal((await failure('local', client.download('f', late))).cause, cause);
    const web = new WritableStream<Uint8Array>({ write: () => Promise.reject(cause) });
    assert.equal((await failure('local', client.download('f', web))).cause, cause);
    const locked = new WritableStream<Uint8Array>();
    locked.getWriter();
    await failure('local', client.download('f', locked));
    const ended = new PassThrough().end();
    await failure('local', client.download('f', ended));
    const destroyed = new PassThrough();
    destroyed.destroy();
    await failure('local', client.download('f', destroyed));
    const leaving = new PassThrough();
    leaving.once('data', () => leaving.destroy());
    await failure('local', client.download('f', leaving));
  });
});

test('whoever destroys what is read breaks the transfer off', async () => {
  await onOneConnection(async (client) => {
    const stream = await client.read('f');
    stream.destroy();
    await once(stream, 'close');
    assert.equal((await client.readBuffer('f', { end: 3 })).length, 3);
    for await (const chunk of await client.read('f')) {
      assert.ok(chunk.length > 0);
      break;
    }
  });
});

test('what is read can be aborted, and slow reading is no stall', async (context) => {
  const { limits, socket, falls } = heldSilence(context);
  await using server = await ownServer();
  await using client = await connect(alice(server, { limits }));
  await writeFile(join(server.root, 'f'), LARGE);
  const slow = await client.read('f');
  const stream = await socket();
  while (!stream.isPaused()) await setImmediate();
  falls();
  assert.ok(LARGE.equals(await buffer(slow)));
  const stop = new AbortController();
  const aborted = await client.read('f', { signal: stop.signal });
  stop.abort();
  await failure('aborted', buffer(aborted));
});
