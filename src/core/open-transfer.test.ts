import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenTransfer } from './open-transfer.ts';
import { ROOT, resolvePath } from './path.ts';
import type { Entry } from './storage.ts';

test('bytes are admitted in the order in which they came, whichever the limiter lets pass first', async () => {
  const passes = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const taken: Promise<void>[] = passes.map(({ promise }) => promise);
  const transfer = new OpenTransfer({
    verb: 'X',
    direction: 'upload',
    path: resolvePath(ROOT, '/a'),
    limiter: { take: async () => taken.shift() },
    signal: new AbortController().signal,
    publish: () => undefined,
  });
  const admitted: number[] = [];
  const all = [1, 2, 3].map(async (bytes) => {
    await transfer.admit(bytes);
    admitted.push(bytes);
  });
  for (const { promise, resolve } of passes.toReversed()) {
    resolve();
    await promise;
  }
  await Promise.all(all);
  assert.deepEqual(admitted, [1, 2, 3]);
});

test('the end of a download names its file only where each byte of it was read, in whatever order', () => {
  const entry: Entry = { name: 'a', kind: 'file', size: 100, modified: new Date(0) };
  const named = (reads: readonly (readonly [position: number, bytes: number])[]): boolean => {
    let isNamed = false;
    let isPartial = false;
    const transfer = new OpenTransfer({
      verb: 'X',
      direction: 'download',
      path: resolvePath(ROOT, '/a'),
      entry,
      limiter: undefined,
      signal: new AbortController().signal,
      publish: (event) => {
        isNamed = event.event === 'transfer.finished' && event.entry === entry;
        isPartial = event.event === 'transfer.finished' && event.isPartial === true;
      },
    });
    for (const [position, bytes] of reads) transfer.moved(position, bytes);
    transfer.finished('clean', 'complete', 0);
    assert.equal(isPartial, !isNamed);
    return isNamed;
  };
  for (const reads of [
    [[0, 100]],
    [
      [50, 50],
      [0, 50],
    ],
    [
      [60, 40],
      [30, 30],
      [0, 30],
    ],
    [
      [0, 70],
      [40, 60],
      [100, 0],
    ],
  ] as const) {
    assert.equal(named(reads), true, JSON.stringify(reads));
  }
  for (const reads of [
    [],
    [
      [0, 60],
      [0, 60],
    ],
    [
      [0, 10],
      [90, 10],
      [20, 80],
    ],
    [
      [1, 99],
      [1, 99],
    ],
  ] as const) {
    assert.equal(named(reads), false, JSON.stringify(reads));
  }
});
