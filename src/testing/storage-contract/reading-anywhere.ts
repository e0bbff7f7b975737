import assert from 'node:assert/strict';
import { type ReadableFile, type Storage, StorageError } from '../../core/index.ts';
import { at, type ContractCase, fails, leave, put, sample } from './case.ts';

const needs = ['open-read'] as const;

/** Files that are open for reading at any position. */
export const readingAnywhereCases: readonly ContractCase[] = [
  {
    name: 'of an open file any bytes are read, in any order and at once',
    needs,
    async run(storage) {
      const bytes = sample(1_300_000);
      await put(storage, '/file', bytes);
      const file = await opened(storage, '/file');
      const places = [0, 1_299_999, 700_000, 32_768, 0, 32_768, 65_536, 1_048_570];
      const parts = await Promise.all(places.map((position) => readAt(file, position, 32_768)));
      for (const [index, position] of places.entries()) {
        assert.ok(bytes.subarray(position, position + 32_768).equals(parts[index] ?? Buffer.alloc(0)), `${position}`);
      }
      await file.close();
    },
  },
  {
    name: 'an open file tells what it is, and gives nothing behind its end',
    needs,
    async run(storage) {
      await put(storage, '/file', 'content');
      const file = await opened(storage, '/file');
      assert.deepEqual(await file.stat(), await storage.stat(at('/file')));
      assert.equal((await readAt(file, 3, 100)).toString(), 'tent');
      for (const position of [7, 8, 2 ** 40]) assert.equal((await readAt(file, position, 10)).length, 0);
      assert.equal((await readAt(file, 0, 0)).length, 0);
      for (const position of [-1, 0.5, Number.NaN]) await fails('bad-offset', readAt(file, position, 1));
      await file.close();
    },
  },
  {
    name: 'an open file stays what it was, or is busy, whatever becomes of its name',
    needs,
    async run(storage) {
      const bytes = sample(1_500_000);
      for (const change of [
        () => put(storage, '/file', 'new'),
        () => put(storage, '/file', 'more', { at: 'end' }),
        () => storage.remove(at('/file')),
      ]) {
        await put(storage, '/file', bytes);
        const file = await opened(storage, '/file');
        await readAt(file, 0, 1000);
        await change();
        assert.equal((await file.stat()).size, bytes.length);
        for (const position of [1_400_000, 10, 1_499_990]) {
          const read = await readAt(file, position, 1000).catch(unlessChanged);
          if (read) assert.ok(bytes.subarray(position, position + 1000).equals(read));
        }
        await file.close();
      }
    },
  },
  {
    name: 'only files can be opened for reading',
    needs,
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await fails('is-directory', opened(storage, '/directory'));
      await fails('not-found', opened(storage, '/missing'));
      await fails('not-found', opened(storage, '/missing/file'));
      if (storage.partial === undefined) return;
      await leave(storage, '/half', 'half');
      await fails('incomplete', opened(storage, '/half'));
    },
  },
  {
    name: 'nothing is read of a file that was closed or given up',
    needs,
    async run(storage) {
      await put(storage, '/file', 'content');
      const closed = await opened(storage, '/file');
      await closed.close();
      await closed.close();
      await fails('aborted', readAt(closed, 0, 1));
      const controller = new AbortController();
      const file = await opened(storage, '/file', controller.signal);
      controller.abort();
      await fails('aborted', readAt(file, 0, 1));
      await file.close();
      await fails('aborted', opened(storage, '/file', controller.signal));
    },
  },
];

async function opened(storage: Storage, path: string, signal?: AbortSignal): Promise<ReadableFile> {
  const file = await storage.openRead?.(at(path), { signal });
  assert.ok(file);
  return file;
}

export async function readAt(file: Pick<ReadableFile, 'read'>, position: number, length: number): Promise<Buffer> {
  const into = Buffer.alloc(length);
  return into.subarray(0, await file.read(into, position));
}

function unlessChanged(error: unknown): undefined {
  assert.ok(error instanceof StorageError);
  assert.equal(error.code, 'busy');
}
