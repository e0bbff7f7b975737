import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { pour } from './pour.ts';

const pieces = (count: number): Readable => Readable.from(Array.from({ length: count }, () => Buffer.alloc(1024)));

test('a slow sink is waited for, and not ended', async () => {
  let most = 0;
  const sink: Writable = new Writable({
    highWaterMark: 2048,
    write(_chunk, _encoding, done) {
      most = Math.max(most, sink.writableLength);
      setImmediate(done);
    },
  });
  let bytes = 0;
  await pour(pieces(100), sink, (more) => {
    bytes += more;
  });
  assert.equal(bytes, 100 * 1024);
  assert.ok(most <= 2048, `${most} bytes waited`);
  assert.equal(sink.writableEnded, false);
});

test('a sink that has room again before its piece is counted is not waited for', async () => {
  const sink = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => setImmediate(done) });
  await pour(pieces(3), sink, async () => {
    if (sink.writableNeedDrain) await once(sink, 'drain');
  });
  assert.equal(sink.writableLength, 0);
});

test('a sink that fails, or is destroyed while it is waited for, ends it', async () => {
  const failing = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => done(new Error('full')) });
  await assert.rejects(
    pour(pieces(3), failing, () => {}),
    { message: 'full' },
  );
  const stuck: Writable = new Writable({ highWaterMark: 1, write: () => setImmediate(() => stuck.destroy()) });
  const source = pieces(3);
  await assert.rejects(pour(source, stuck, () => {}));
  assert.ok(source.destroyed);
});

test('a source that fails, or is destroyed before its end, ends it, and the sink stays open', async () => {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  const failing = new Readable({ read: () => failing.destroy(new Error('lost')) });
  await assert.rejects(
    pour(failing, sink, () => {}),
    { message: 'lost' },
  );
  const cut: Readable = new Readable({ read: () => cut.destroy() });
  await assert.rejects(pour(cut, sink, () => {}));
  assert.equal(sink.destroyed, false);
});

test('a sink that fails later, when all was given to it, tells whoever ends it and nobody else', async () => {
  const sink = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done, new Error('late')) });
  await pour(pieces(1), sink, () => {});
  await new Promise((resolve) => sink.once('close', resolve));
  assert.equal(sink.errored?.message, 'late');
});
