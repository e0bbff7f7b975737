import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../core/index.ts';
import { OpenTransfer } from './open-transfer.ts';

test('bytes are admitted in the order in which they came, whichever the limiter lets pass first', async () => {
  const passes = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const taken: Promise<void>[] = passes.map(({ promise }) => promise);
  const transfer = new OpenTransfer({
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
