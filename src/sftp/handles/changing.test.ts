import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, OpenTransfer, ROOT, resolvePath } from '../../core/index.ts';
import { changingHandle } from './changing.ts';

test('what is asked of a file behind a write sees that write, however long its bytes wait for the rate', async () => {
  const path = resolvePath(ROOT, '/a');
  const { signal } = new AbortController();
  const pass = Promise.withResolvers<void>();
  const calls: string[] = [];
  const entry: Entry = { name: 'a', kind: 'file', size: 0, modified: new Date(0) };
  const call =
    <Result>(name: string, result: Result) =>
    async (): Promise<Result> => {
      calls.push(name);
      return result;
    };
  const file = changingHandle({
    files: {
      allows: () => true,
      setAttributes: async () => undefined,
      stat: async () => entry,
    },
    path,
    file: {
      stat: call('stat', entry),
      read: call('read', 1),
      write: call('write', undefined),
      truncate: call('truncate', undefined),
      flush: call('flush', undefined),
      replaces: async () => undefined,
      commit: async () => entry,
      suspend: async () => undefined,
      discard: async () => undefined,
    },
    transfer: new OpenTransfer({
      verb: 'X',
      direction: 'upload',
      path,
      limiter: { take: () => pass.promise },
      signal,
      publish: () => undefined,
    }),
    isNew: true,
  });
  const all = [
    file.write(new Uint8Array(1), 0),
    file.read(new Uint8Array(1), 0),
    file.stat(),
    file.truncate(0),
    file.flush(),
  ];
  await new Promise(setImmediate);
  assert.deepEqual(calls, []);
  pass.resolve();
  await Promise.all(all);
  assert.equal(calls[0], 'write');
  assert.deepEqual(new Set(calls), new Set(['flush', 'read', 'stat', 'truncate', 'write']));
});
