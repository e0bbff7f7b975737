import assert from 'node:assert/strict';
import { once } from 'node:events';
import { StorageError } from '../../core/index.ts';
import { at, bytesOf, type ContractCase, content, entries, fails, names, put, sample } from './case.ts';

/** Downloads, and giving up. */
export const readingCases: readonly ContractCase[] = [
  {
    name: 'a file reads as it was written, in parts and as a whole',
    async run(storage) {
      await put(storage, '/file', '0123456789');
      assert.equal(await content(storage, '/file'), '0123456789');
      for (let start = 0; start <= 10; start += 1) {
        assert.equal(await content(storage, '/file', { start }), '0123456789'.slice(start));
        assert.equal(await content(storage, '/file', { start, end: 7 }), '0123456789'.slice(start, 7));
      }
      assert.equal(await content(storage, '/file', { end: 100 }), '0123456789');
    },
  },
  {
    name: 'parts of a large file meet without a gap',
    async run(storage) {
      const bytes = sample(1_300_000);
      await put(storage, '/large', bytes);
      for (const border of [1, 262_143, 262_144, 262_145, 1_048_576, 1_299_999]) {
        const before = await bytesOf(storage, '/large', { end: border });
        const after = await bytesOf(storage, '/large', { start: border });
        assert.equal(before.length, border);
        assert.ok(bytes.equals(Buffer.concat([before, after])));
      }
    },
  },
  {
    name: 'a read that begins behind the end is refused',
    async run(storage) {
      await put(storage, '/file', 'four');
      for (const start of [5, -1, 0.5, Number.NaN]) await fails('bad-offset', storage.read(at('/file'), { start }));
    },
  },
  {
    name: 'only files can be read',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await put(storage, '/file', '');
      await fails('is-directory', storage.read(at('/directory')));
      await fails('is-directory', storage.read(at('/')));
      await fails('not-found', storage.read(at('/missing')));
      await fails('not-found', storage.read(at('/missing/file')));
      await fails('not-directory', storage.read(at('/file/below')));
    },
  },
  {
    name: 'an aborted read ends in an error, not in a short file',
    async run(storage) {
      await put(storage, '/large', sample(3_000_000));
      const controller = new AbortController();
      const reader = await storage.read(at('/large'), { signal: controller.signal });
      await once(reader, 'readable');
      const failed = once(reader, 'error');
      controller.abort();
      const [error] = await failed;
      assert.ok(error instanceof StorageError);
      assert.equal(error.code, 'aborted');
    },
  },
  {
    name: 'nothing is begun for a caller who has given up',
    async run(storage) {
      await put(storage, '/file', 'x');
      await storage.makeDirectory(at('/directory'));
      const signal = AbortSignal.abort();
      await fails('aborted', storage.stat(at('/file'), { signal }));
      await fails('aborted', storage.rename(at('/file'), at('/other'), { signal }));
      await fails('aborted', storage.remove(at('/file'), { signal }));
      await fails('aborted', storage.makeDirectory(at('/other'), { signal }));
      await fails('aborted', storage.removeDirectory(at('/directory'), { signal }));
      if (storage.partial) await fails('aborted', storage.partial(at('/file'), { signal }));
      if (storage.setAttributes) await fails('aborted', storage.setAttributes(at('/file'), { mode: 0 }, { signal }));
      if (storage.makeLink) await fails('aborted', storage.makeLink(at('/other'), 'file', { signal }));
      if (storage.space) await fails('aborted', storage.space(at('/'), { signal }));
      if (storage.usage) await fails('aborted', storage.usage(at('/'), { signal }));
      await fails('aborted', entries(storage, '/', signal));
      await fails('aborted', storage.read(at('/file'), { signal }));
      await fails('aborted', storage.write(at('/other'), { signal }));
      if (storage.digest) await fails('aborted', storage.digest(at('/file'), 'SHA-256', { signal }));
      assert.deepEqual(await names(storage), ['directory', 'file']);
    },
  },
];
