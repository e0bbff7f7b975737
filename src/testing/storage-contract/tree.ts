import assert from 'node:assert/strict';
import { at, begin, type ContractCase, content, entries, fails, leave, names, put } from './case.ts';

/** Directories, listings, renaming and removing. */
export const treeCases: readonly ContractCase[] = [
  {
    name: 'an empty storage has a root that lists nothing',
    async run(storage) {
      assert.equal((await storage.stat(at('/'))).kind, 'directory');
      assert.deepEqual(await names(storage), []);
    },
  },
  {
    name: 'a listing gives the entries that stat gives',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await put(storage, '/directory/file', 'content');
      await storage.makeDirectory(at('/directory/deeper'));
      for (const entry of await entries(storage, '/directory')) {
        assert.deepEqual(entry, await storage.stat(at(`/directory/${entry.name}`)));
      }
      assert.deepEqual(await names(storage, '/directory'), ['deeper', 'file']);
    },
  },
  {
    name: 'a file that is to be removed while it is as it was seen stays when it was changed',
    async run(storage) {
      await put(storage, '/file', 'old');
      const unchanged = await storage.stat(at('/file'));
      await put(storage, '/file', 'other');
      await fails('busy', storage.remove(at('/file'), { unchanged }));
      assert.equal(await content(storage, '/file'), 'other');
      const now = await storage.stat(at('/file'));
      assert.equal((await storage.remove(at('/file'), { unchanged: now })).size, 5);
      assert.deepEqual(await names(storage), []);
    },
  },
  {
    name: 'names alone are those of the listing',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await Promise.all(Array.from({ length: 40 }, (_, index) => put(storage, `/directory/${index}`, '')));
      await storage.makeDirectory(at('/directory/deeper'));
      await storage.makeLink?.(at('/directory/link'), '7');
      await leave(storage, '/directory/half', 'hal');
      const listed = async (path: string) =>
        (await Array.fromAsync(storage.list(at(path), { namesOnly: true }))).flat();
      await fails('not-found', listed('/missing'));
      await fails('not-directory', listed('/directory/7'));
      assert.deepEqual(
        (await listed('/directory')).map(({ name }) => name).toSorted(),
        await names(storage, '/directory'),
      );
    },
  },
  {
    name: 'entries tell themselves apart by what they are, not by their name',
    async run(storage) {
      const { unique } = await put(storage, '/one', 'same');
      if (unique === undefined) return;
      assert.notEqual((await put(storage, '/other', 'same')).unique, unique);
      await storage.rename(at('/one'), at('/renamed'));
      assert.equal((await storage.stat(at('/renamed'))).unique, unique);
    },
  },
  {
    name: 'only directories can be listed',
    async run(storage) {
      await put(storage, '/file', '');
      await fails('not-directory', entries(storage, '/file'));
      await fails('not-directory', entries(storage, '/file/below'));
      await fails('not-found', entries(storage, '/missing'));
    },
  },
  {
    name: 'a listing may be left early, and is ended by its signal',
    async run(storage) {
      await Promise.all(Array.from({ length: 600 }, (_, index) => put(storage, `/${index}`, '')));
      for await (const entries of storage.list(at('/'))) {
        for (const { kind } of entries) assert.equal(kind, 'file');
        break;
      }
      const controller = new AbortController();
      const listing = storage.list(at('/'), controller)[Symbol.asyncIterator]();
      await listing.next();
      controller.abort();
      const drained = (async () => {
        for (let next = await listing.next(); !next.done; ) next = await listing.next();
      })();
      await fails('aborted', drained);
      const { signal } = controller;
      await fails('aborted', Array.fromAsync(storage.list(at('/'), { namesOnly: true, signal })));
      assert.equal((await names(storage)).length, 600);
    },
  },
  {
    name: 'a directory is made once, in one that exists',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await storage.makeDirectory(at('/directory/deeper'));
      await put(storage, '/file', '');
      await fails('exists', storage.makeDirectory(at('/directory')));
      await fails('exists', storage.makeDirectory(at('/file')));
      await fails('exists', storage.makeDirectory(at('/')));
      await fails('not-found', storage.makeDirectory(at('/missing/directory')));
      await fails('not-directory', storage.makeDirectory(at('/file/directory')));
    },
  },
  {
    name: 'removing takes files, and gives what it took',
    async run(storage) {
      const entry = await put(storage, '/file', 'content');
      assert.equal((await storage.remove(at('/file'))).size, entry.size);
      await fails('not-found', storage.stat(at('/file')));
      await fails('not-found', storage.remove(at('/file')));
      await storage.makeDirectory(at('/directory'));
      await fails('is-directory', storage.remove(at('/directory')));
      await fails('is-directory', storage.remove(at('/')));
    },
  },
  {
    name: 'only empty directories can be removed, and never the root',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await put(storage, '/directory/file', '');
      await fails('not-empty', storage.removeDirectory(at('/directory')));
      await fails('not-directory', storage.removeDirectory(at('/directory/file')));
      await storage.remove(at('/directory/file'));
      await storage.removeDirectory(at('/directory'));
      await fails('not-found', storage.removeDirectory(at('/directory')));
      await fails('denied', storage.removeDirectory(at('/')));
    },
  },
  {
    name: 'a directory that an upload goes to stays until the upload has ended',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      if (storage.partial) await leave(storage, '/directory/other', 'half');
      const upload = await begin(storage, '/directory/file', 'content');
      await fails('busy', storage.removeDirectory(at('/directory')));
      await upload.commit();
      if (storage.partial) assert.equal((await storage.partial(at('/directory/other')))?.size, 4);
      assert.equal(await content(storage, '/directory/file'), 'content');
    },
  },
  {
    name: 'a rename moves a file, also to another directory',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await put(storage, '/file', 'content');
      assert.equal(await storage.rename(at('/file'), at('/directory/moved')), undefined);
      assert.equal(await content(storage, '/directory/moved'), 'content');
      assert.deepEqual(await names(storage), ['directory']);
    },
  },
  {
    name: 'a file that is to be renamed while it is as it was seen stays when it was changed',
    async run(storage) {
      await put(storage, '/file', 'old');
      const unchanged = await storage.stat(at('/file'));
      await put(storage, '/file', 'other');
      await fails('busy', storage.rename(at('/file'), at('/moved'), { unchanged }));
      assert.deepEqual(await names(storage), ['file']);
      await storage.rename(at('/file'), at('/moved'), { unchanged: await storage.stat(at('/file')) });
      assert.equal(await content(storage, '/moved'), 'other');
    },
  },
  {
    name: 'a rename that is to replace nothing replaces neither a file nor a directory, and moves to a free name',
    async run(storage) {
      await put(storage, '/file', 'moved');
      await put(storage, '/there', 'old');
      await storage.makeDirectory(at('/directory'));
      const rename = (from: string, to: string) => storage.rename(at(from), at(to), { exclusive: true });
      for (const to of ['/there', '/directory', '/file']) await fails('exists', rename('/file', to));
      await fails('exists', rename('/directory', '/there'));
      await fails('not-found', rename('/absent', '/free'));
      assert.equal(await content(storage, '/there'), 'old');
      assert.equal(await rename('/file', '/directory/free'), undefined);
      assert.equal(await content(storage, '/directory/free'), 'moved');
      assert.deepEqual(await names(storage), ['directory', 'there']);
    },
  },
  {
    name: 'a rename moves a directory with all that it holds',
    async run(storage) {
      await storage.makeDirectory(at('/from'));
      await storage.makeDirectory(at('/from/deeper'));
      await put(storage, '/from/deeper/file', 'content');
      await storage.rename(at('/from'), at('/to'));
      assert.equal(await content(storage, '/to/deeper/file'), 'content');
      await fails('not-found', storage.stat(at('/from')));
    },
  },
  {
    name: 'a file replaces a file when it is renamed, and the rename gives what it replaced',
    async run(storage) {
      await put(storage, '/from', 'new');
      await put(storage, '/to', 'the old one');
      assert.equal((await storage.rename(at('/from'), at('/to')))?.size, 11);
      assert.equal(await content(storage, '/to'), 'new');
      assert.deepEqual(await names(storage), ['to']);
    },
  },
  {
    name: 'a directory neither replaces an entry nor is replaced',
    async run(storage) {
      await storage.makeDirectory(at('/one'));
      await storage.makeDirectory(at('/other'));
      await put(storage, '/file', 'content');
      await fails('exists', storage.rename(at('/file'), at('/one')));
      await fails('exists', storage.rename(at('/one'), at('/file')));
      await fails('exists', storage.rename(at('/one'), at('/other')));
      assert.deepEqual(await names(storage), ['file', 'one', 'other']);
    },
  },
  {
    name: 'a rename needs an entry and a directory to go to',
    async run(storage) {
      await put(storage, '/file', 'content');
      await fails('not-found', storage.rename(at('/missing'), at('/other')));
      await fails('not-found', storage.rename(at('/file'), at('/missing/file')));
      await put(storage, '/other', '');
      await fails('not-directory', storage.rename(at('/file'), at('/other/file')));
      assert.equal(await content(storage, '/file'), 'content');
    },
  },
  {
    name: 'a rename to the same name changes nothing',
    async run(storage) {
      await put(storage, '/file', 'content');
      await storage.rename(at('/file'), at('/file'));
      assert.equal(await content(storage, '/file'), 'content');
    },
  },
  {
    name: 'neither the root nor a directory into itself can be moved',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await fails('denied', storage.rename(at('/directory'), at('/directory/deeper')));
      await fails('denied', storage.rename(at('/'), at('/directory/root')));
      await fails('exists', storage.rename(at('/directory'), at('/')));
      assert.deepEqual(await names(storage), ['directory']);
    },
  },
];
