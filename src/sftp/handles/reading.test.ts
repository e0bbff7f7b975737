import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, OpenTransfer, ROOT, resolvePath } from '../../core/index.ts';
import { readingHandle } from './reading.ts';

test('what is copied into another file was downloaded by nobody, and what was read and sent was', async () => {
  const path = resolvePath(ROOT, '/a');
  const { signal } = new AbortController();
  const entry: Entry = { name: 'a', kind: 'file', size: 10, modified: new Date(0) };
  for (const isSent of [true, false]) {
    const told: (readonly [bytes: number, isNamed: boolean, isPartial: boolean])[] = [];
    const transfer = new OpenTransfer({
      verb: 'X',
      direction: 'download',
      path,
      entry,
      limiter: undefined,
      signal,
      publish(event) {
        if (event.event === 'transfer.finished') {
          told.push([event.bytes, event.entry !== undefined, event.isPartial === true]);
        }
      },
    });
    const file = {
      stat: async () => entry,
      read: async (into: Uint8Array) => into.length,
      close: async () => undefined,
    };
    const handle = readingHandle({ setAttributes: async () => undefined }, path, file, transfer, signal, entry.size);
    await handle.read(new Uint8Array(10), 0, isSent);
    await handle.close();
    assert.deepEqual(told, [isSent ? [10, true, false] : [0, false, true]]);
  }
});

test('memory is taken for what is left of a file, and for a little behind its end, where it may have grown', () => {
  const path = resolvePath(ROOT, '/a');
  const { signal } = new AbortController();
  const entry: Entry = { name: 'a', kind: 'file', size: 1_000_000, modified: new Date(0) };
  const file = { stat: async () => entry, read: async () => 0, close: async () => undefined };
  const parts = {
    verb: 'READ',
    direction: 'download',
    path,
    limiter: undefined,
    signal,
    publish: () => undefined,
  } as const;
  const handle = readingHandle(
    { setAttributes: async () => undefined },
    path,
    file,
    new OpenTransfer(parts),
    signal,
    entry.size,
  );
  assert.equal(handle.readable(0, 261_120), 261_120);
  assert.equal(handle.readable(990_000, 261_120), 10_000);
  assert.equal(handle.readable(1_000_000, 261_120), 4096);
  assert.equal(handle.readable(2 ** 60, 100), 100);
});
