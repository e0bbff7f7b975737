import assert from 'node:assert/strict';
import type { CopyOptions, Storage, StoredEntry } from '../../core/index.ts';
import { at, bytesOf, type ContractCase, content, fails, leave, names, put, sample } from './case.ts';

const needs = ['copy'] as const;

/** Copies that a storage makes by itself. */
export const copyingCases: readonly ContractCase[] = [
  {
    name: 'a copy has the bytes of the file, which stays, and neither changes with the other',
    needs,
    async run(storage) {
      const bytes = sample(2_500_000);
      await put(storage, '/file', bytes);
      assert.deepEqual(await copied(storage, '/file', '/copy'), await storage.stat(at('/copy')));
      await put(storage, '/file', 'new');
      assert.ok(bytes.equals(await bytesOf(storage, '/copy')));
      await put(storage, '/copy', '!', { at: 'end' });
      assert.equal(await content(storage, '/file'), 'new');
      await put(storage, '/empty', '');
      assert.equal((await copied(storage, '/empty', '/empty copy')).size, 0);
      assert.deepEqual(await names(storage), ['copy', 'empty', 'empty copy', 'file']);
    },
  },
  {
    name: 'a copy replaces a file as a whole, keeps its permission bits, and does away with an interrupted upload',
    needs,
    async run(storage) {
      await put(storage, '/file', 'content');
      await put(storage, '/other', 'a long old file');
      if (storage.settable?.includes('mode')) await storage.setAttributes?.(at('/other'), { mode: 0o640 });
      const { mode } = await storage.stat(at('/other'));
      const { replaced } = await copied(storage, '/file', '/other');
      if (replaced) assert.equal(replaced.size, 15);
      assert.equal(await content(storage, '/other'), 'content');
      assert.equal((await storage.stat(at('/other'))).mode, mode);
      if (storage.partial === undefined) return;
      await leave(storage, '/half', 'half');
      await fails('incomplete', copied(storage, '/half', '/else'));
      await copied(storage, '/file', '/half');
      await storage.remove(at('/half'));
      assert.equal(await storage.partial(at('/half')), undefined);
    },
  },
  {
    name: 'a copy has a time of its own, or that of the file',
    needs: ['copy', 'set-modified'],
    async run(storage) {
      const time = new Date('2001-02-03T04:05:06Z');
      await put(storage, '/file', 'content');
      await storage.setAttributes?.(at('/file'), { modified: time });
      assert.deepEqual((await copied(storage, '/file', '/same', { keepModified: true })).modified, time);
      assert.deepEqual((await storage.stat(at('/same'))).modified, time);
      await copied(storage, '/file', '/own');
      assert.ok((await storage.stat(at('/own'))).modified > time);
    },
  },
  {
    name: 'a copy replaces and makes only what it may, of a file that is what it must be',
    needs,
    async run(storage) {
      const entry = await put(storage, '/file', 'content');
      await put(storage, '/other', 'other');
      await fails('exists', copied(storage, '/file', '/other', { exclusive: true }));
      await fails('not-found', copied(storage, '/file', '/missing', { existing: true }));
      await copied(storage, '/file', '/exclusive', { exclusive: true, unchanged: await storage.stat(at('/file')) });
      await put(storage, '/file', 'changed content');
      await fails('busy', copied(storage, '/file', '/late', { unchanged: entry }));
      assert.equal(await content(storage, '/other'), 'other');
      assert.deepEqual(await names(storage), ['exclusive', 'file', 'other']);
    },
  },
  {
    name: 'only files are copied, to where a file may be',
    needs,
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await put(storage, '/file', 'content');
      await fails('is-directory', copied(storage, '/directory', '/copy'));
      await fails('is-directory', copied(storage, '/file', '/directory'));
      await fails('not-found', copied(storage, '/missing', '/copy'));
      await fails('not-found', copied(storage, '/file', '/missing/copy'));
      await fails('not-directory', copied(storage, '/file', '/file/copy'));
      await fails('aborted', copied(storage, '/file', '/copy', { signal: AbortSignal.abort() }));
      assert.deepEqual(await names(storage), ['directory', 'file']);
    },
  },
  {
    name: 'a file is not copied onto itself, by whatever path',
    needs,
    async run(storage) {
      await put(storage, '/file', 'content');
      await fails('exists', copied(storage, '/file', '/file'));
      await storage.makeLink?.(at('/link'), 'file');
      if (storage.makeLink) {
        await fails('exists', copied(storage, '/link', '/file'));
        await fails('exists', copied(storage, '/file', '/link'));
        await put(storage, '/other', 'other');
        await copied(storage, '/other', '/link');
        assert.equal(await content(storage, '/file'), 'other');
      }
      assert.equal((await storage.stat(at('/file'))).kind, 'file');
    },
  },
];

async function copied(storage: Storage, from: string, to: string, options?: CopyOptions): Promise<StoredEntry> {
  const entry = await storage.copy?.(at(from), at(to), options);
  assert.ok(entry);
  return entry;
}
