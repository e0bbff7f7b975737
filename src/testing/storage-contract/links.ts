import assert from 'node:assert/strict';
import { type Storage, StorageError } from '../../core/index.ts';
import { at, type ContractCase, content, entries, fails, names, put } from './case.ts';

const needs = ['make-link'] as const;
/** Of a call that the storage does not have. */
const denied = new StorageError('denied', 'not there');

/** Symbolic links: followed inside, never outside. */
export const linkCases: readonly ContractCase[] = [
  {
    name: 'a link leads to its target and is listed as a link',
    needs,
    async run(storage) {
      await put(storage, '/file', 'content');
      await storage.makeLink?.(at('/link'), 'file');
      assert.equal(await content(storage, '/link'), 'content');
      const { kind, size, name } = await storage.stat(at('/link'));
      assert.deepEqual([kind, size, name], ['file', 7, 'link']);
      const listed = (await entries(storage)).find((entry) => entry.name === 'link');
      assert.deepEqual([listed?.kind, listed?.target], ['link', 'file']);
    },
  },
  {
    name: 'a link itself can be looked at, and what lies behind one as ever',
    needs,
    async run(storage) {
      await tree(storage);
      await storage.makeLink?.(at('/link'), 'a/b');
      await storage.makeLink?.(at('/dangling'), 'missing');
      const look = (path: string) => storage.stat(at(path), { followLinks: false });
      const listed = new Map((await entries(storage)).map((entry) => [entry.name, entry]));
      for (const name of ['link', 'dangling', 'top', 'a']) assert.deepEqual(await look(`/${name}`), listed.get(name));
      assert.equal((await look('/link/file')).kind, 'file');
      assert.equal((await look('/')).kind, 'directory');
      await fails('not-found', look('/missing'));
    },
  },
  {
    name: 'a link to a directory can be gone through',
    needs,
    async run(storage) {
      await tree(storage);
      await storage.makeLink?.(at('/link'), 'a/b');
      assert.deepEqual(await names(storage, '/link'), ['file']);
      assert.equal(await content(storage, '/link/file'), 'content');
      await put(storage, '/link/new', 'new');
      assert.equal(await content(storage, '/a/b/new'), 'new');
    },
  },
  {
    name: 'links are relative to where they stand, and `..` goes up from where they lead',
    needs,
    async run(storage) {
      await tree(storage);
      await storage.makeLink?.(at('/a/up'), '../top');
      assert.equal(await content(storage, '/a/up'), 'top');
      await storage.makeLink?.(at('/shortcut'), 'a/b');
      await storage.makeLink?.(at('/around'), 'shortcut/../b/file');
      assert.equal(await content(storage, '/around'), 'content');
    },
  },
  {
    name: 'an absolute link begins at the root',
    needs,
    async run(storage) {
      await tree(storage);
      await storage.makeLink?.(at('/a/b/absolute'), '/top');
      assert.equal(await content(storage, '/a/b/absolute'), 'top');
    },
  },
  {
    name: 'a link that would lead outside is refused',
    needs,
    async run(storage) {
      await tree(storage);
      for (const target of ['..', '../top', 'a/../../top', '/..', '/../etc/passwd']) {
        await fails('denied', storage.makeLink?.(at('/link'), target) ?? Promise.resolve());
      }
      await fails('denied', storage.makeLink?.(at('/a/link'), '../../top') ?? Promise.resolve());
    },
  },
  {
    name: 'a link that is moved so that it leads outside stops at the root',
    needs,
    async run(storage) {
      await tree(storage);
      await storage.makeLink?.(at('/a/b/link'), '../../top');
      await storage.rename(at('/a/b/link'), at('/link'));
      assert.equal(await content(storage, '/link'), 'top');
    },
  },
  {
    name: 'an upload through a link replaces what it leads to, and the link stays',
    needs,
    async run(storage) {
      await put(storage, '/file', 'old');
      await storage.makeLink?.(at('/link'), 'file');
      await storage.makeLink?.(at('/dangling'), 'new');
      await put(storage, '/link', 'changed');
      await put(storage, '/dangling', 'made');
      assert.equal(await content(storage, '/file'), 'changed');
      assert.equal(await content(storage, '/new'), 'made');
      assert.deepEqual(await names(storage), ['dangling', 'file', 'link', 'new']);
    },
  },
  {
    name: 'removing and renaming act on the link itself',
    needs,
    async run(storage) {
      await put(storage, '/file', 'content');
      await storage.makeLink?.(at('/link'), 'file');
      await storage.rename(at('/link'), at('/moved'));
      assert.deepEqual(await names(storage), ['file', 'moved']);
      assert.equal((await storage.remove(at('/moved'))).kind, 'link');
      assert.equal(await content(storage, '/file'), 'content');
      await storage.makeLink?.(at('/directory'), '/');
      await fails('not-directory', storage.removeDirectory(at('/directory')));
    },
  },
  {
    name: 'a link is not renamed over what it leads to, in however many steps',
    needs,
    async run(storage) {
      await tree(storage);
      await storage.makeLink?.(at('/link'), 'a/b/file');
      await storage.makeLink?.(at('/further'), 'link');
      for (const path of ['/link', '/further']) await fails('exists', storage.rename(at(path), at('/a/b/file')));
      assert.equal(await content(storage, '/a/b/file'), 'content');
      await storage.rename(at('/link'), at('/top'));
      assert.equal(await content(storage, '/top'), 'content');
    },
  },
  {
    name: 'a file that is renamed onto itself, through a link to its directory, stays',
    needs,
    async run(storage) {
      await tree(storage);
      await storage.makeLink?.(at('/a/link'), 'b');
      assert.equal(await storage.rename(at('/a/b/file'), at('/a/link/file')), undefined);
      assert.equal(await storage.rename(at('/a/link/file'), at('/a/b/file')), undefined);
      assert.equal(await content(storage, '/a/b/file'), 'content');
    },
  },
  {
    name: 'a link to nothing is listed, and leads to nothing',
    needs,
    async run(storage) {
      await storage.makeLink?.(at('/link'), 'missing');
      assert.deepEqual(await names(storage), ['link']);
      await fails('not-found', storage.stat(at('/link')));
      await fails('not-found', storage.read(at('/link')));
      await fails('exists', storage.makeLink?.(at('/link'), 'other') ?? Promise.resolve());
    },
  },
  {
    name: 'links in a circle end in a refusal',
    needs,
    async run(storage) {
      await storage.makeLink?.(at('/one'), 'other');
      await storage.makeLink?.(at('/other'), 'one');
      await storage.makeLink?.(at('/deeper'), 'deeper/deeper');
      for (const path of ['/one', '/one/below', '/deeper']) await fails('denied', storage.stat(at(path)));
    },
  },
  {
    name: 'a confined storage has its home as root, which neither path nor link leads out of',
    needs: ['make-link', 'confine'],
    async run(storage) {
      await tree(storage);
      const home = storage.confine?.(at('/a')) ?? storage;
      assert.deepEqual(await names(home), ['b']);
      assert.equal(await content(home, '/b/file'), 'content');
      await storage.makeLink?.(at('/a/out'), '../top');
      await storage.makeLink?.(at('/a/b/far'), '/top');
      for (const path of ['/out', '/b/far']) {
        for (const attempt of [
          () => home.read(at(path)),
          () => home.openRead?.(at(path)) ?? Promise.reject(denied),
          () => home.openWrite?.(at(path), { existing: true }) ?? Promise.reject(denied),
          () => home.copy?.(at(path), at('/copy')) ?? Promise.reject(denied),
        ]) {
          await assert.rejects(attempt, (error) => {
            assert.ok(error instanceof StorageError);
            return error.code === 'denied' || error.code === 'not-found';
          });
        }
      }
      await home.makeLink?.(at('/b/inside'), '/b/file');
      assert.equal(await content(home, '/b/inside'), 'content');
      await fails('denied', home.makeLink?.(at('/b/link'), '../../top') ?? Promise.resolve());
    },
  },
  {
    name: 'a storage that is confined without links follows none, and still shows and removes them',
    needs: ['make-link', 'confine'],
    async run(storage) {
      await tree(storage);
      await storage.makeLink?.(at('/a/link'), 'b');
      const home = storage.confine?.(at('/a'), { followLinks: false }) ?? storage;
      await fails('denied', home.stat(at('/link')));
      await fails('denied', home.read(at('/link/file')));
      await fails('denied', home.write(at('/link/new')));
      await fails('denied', home.openRead?.(at('/link/file')) ?? Promise.reject(denied));
      await fails('denied', home.openWrite?.(at('/link/new')) ?? Promise.reject(denied));
      await fails('denied', home.copy?.(at('/link/file'), at('/copy')) ?? Promise.reject(denied));
      await fails('denied', home.copy?.(at('/b/file'), at('/link/copy')) ?? Promise.reject(denied));
      await fails('denied', entries(home, '/link'));
      assert.deepEqual(await names(home), ['b', 'link']);
      assert.equal((await home.remove(at('/link'))).kind, 'link');
    },
  },
];

async function tree(storage: Storage): Promise<void> {
  await storage.makeDirectory(at('/a'));
  await storage.makeDirectory(at('/a/b'));
  await put(storage, '/a/b/file', 'content');
  await put(storage, '/top', 'top');
}
