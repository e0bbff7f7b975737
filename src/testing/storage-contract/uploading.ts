import assert from 'node:assert/strict';
import { once } from 'node:events';
import { at, begin, bytesOf, type ContractCase, content, entries, fails, leave, names, put, sample } from './case.ts';

/** New files and replaced ones: atomic, exclusive, abandoned. */
export const uploadCases: readonly ContractCase[] = [
  {
    name: 'an upload is seen whole once it is committed, and not before',
    async run(storage) {
      const upload = await begin(storage, '/file', 'first ');
      await fails('not-found', storage.stat(at('/file')));
      assert.deepEqual(await names(storage), []);
      upload.sink.write('second');
      const entry = await upload.commit();
      assert.deepEqual([entry.name, entry.kind, entry.size], ['file', 'file', 12]);
      assert.equal(await content(storage, '/file'), 'first second');
      assert.deepEqual(await names(storage), ['file']);
    },
  },
  {
    name: 'an upload of no bytes makes an empty file',
    async run(storage) {
      assert.equal((await put(storage, '/empty', '')).size, 0);
      assert.equal(await content(storage, '/empty'), '');
    },
  },
  {
    name: 'a commit gives the entry that stat gives',
    async run(storage) {
      assert.deepEqual(await put(storage, '/file', 'content'), await storage.stat(at('/file')));
    },
  },
  {
    name: 'chunks of all sizes arrive in order',
    async run(storage) {
      const bytes = sample(3_000_000);
      const upload = await storage.write(at('/large'));
      for (let start = 0, size = 1; start < bytes.length; start += size, size = (size * 7 + 3) % 300_000) {
        const isFull = !upload.sink.write(bytes.subarray(start, start + size));
        if (isFull) await once(upload.sink, 'drain');
      }
      assert.equal((await upload.commit()).size, bytes.length);
      assert.ok(bytes.equals(await bytesOf(storage, '/large')));
    },
  },
  {
    name: 'a committed upload replaces the old file as a whole',
    async run(storage) {
      await put(storage, '/file', 'an old and long file');
      const upload = await begin(storage, '/file', 'new');
      assert.equal(await content(storage, '/file'), 'an old and long file');
      await upload.commit();
      assert.equal(await content(storage, '/file'), 'new');
    },
  },
  {
    name: 'who reads a file while it is replaced gets the old one to its end',
    async run(storage) {
      const old = sample(2_000_000);
      await put(storage, '/file', old);
      const reader = await storage.read(at('/file'));
      await put(storage, '/file', 'new');
      const read: Buffer[] = await reader.toArray();
      assert.ok(old.equals(Buffer.concat(read)));
    },
  },
  {
    name: 'of two uploads to one name the one committed last is there, whole',
    async run(storage) {
      const one = await begin(storage, '/file', 'one');
      const other = await begin(storage, '/file', 'the other');
      await other.commit();
      await one.commit();
      assert.equal(await content(storage, '/file'), 'one');
      assert.deepEqual(await names(storage), ['file']);
    },
  },
  {
    name: 'uploads side by side do not mix',
    async run(storage) {
      const files = Array.from({ length: 8 }, (_, index) => ({ path: `/${index}`, data: `${index}`.repeat(100_000) }));
      await Promise.all(files.map(({ path, data }) => put(storage, path, data)));
      for (const { path, data } of files) assert.equal(await content(storage, path), data);
    },
  },
  {
    name: 'an exclusive upload refuses a file that exists',
    async run(storage) {
      await put(storage, '/file', 'old');
      await fails('exists', storage.write(at('/file'), { exclusive: true }));
      await put(storage, '/other', 'new', { exclusive: true });
      assert.equal(await content(storage, '/other'), 'new');
    },
  },
  {
    name: 'an exclusive upload that another one overtakes fails, and the other file stays',
    async run(storage) {
      for (const position of [{}, { at: 0 }, { at: 'end' }] as const) {
        const upload = await begin(storage, '/file', 'late', { ...position, exclusive: true });
        await put(storage, '/file', 'early');
        await fails('exists', upload.commit());
        assert.equal(await content(storage, '/file'), 'early');
        assert.deepEqual(await names(storage), ['file']);
        await storage.remove(at('/file'));
      }
    },
  },
  {
    name: 'an upload that must make no new file needs one, and an interrupted one is none',
    async run(storage) {
      await fails('not-found', storage.write(at('/missing'), { existing: true }));
      await put(storage, '/file', 'old');
      await put(storage, '/file', 'new', { existing: true });
      await put(storage, '/file', '!', { at: 'end', existing: true });
      assert.equal(await content(storage, '/file'), 'new!');
      if (storage.partial) {
        await leave(storage, '/half', 'half');
        await fails('not-found', storage.write(at('/half'), { at: 'end', existing: true }));
        assert.equal((await storage.partial(at('/half')))?.size, 4);
      }
    },
  },
  {
    name: 'of many exclusive uploads to one name exactly one succeeds',
    async run(storage) {
      const uploads = await Promise.all(
        Array.from({ length: 8 }, (_, index) => begin(storage, '/file', `${index}`, { exclusive: true })),
      );
      const ends = await Promise.allSettled(uploads.map((upload) => upload.commit()));
      const winner = ends.findIndex(({ status }) => status === 'fulfilled');
      assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.equal(await content(storage, '/file'), `${winner}`);
    },
  },
  {
    name: 'a discarded upload leaves nothing',
    async run(storage) {
      await (await begin(storage, '/file', sample(1_000_000))).discard();
      await fails('not-found', storage.stat(at('/file')));
      assert.deepEqual(await names(storage), []);
      assert.equal(await storage.partial?.(at('/file')), undefined);
    },
  },
  {
    name: 'a discarded replacement leaves the old file',
    async run(storage) {
      await put(storage, '/file', 'old');
      await (await begin(storage, '/file', 'new')).discard();
      assert.equal(await content(storage, '/file'), 'old');
    },
  },
  {
    name: 'of several endings the first one counts',
    async run(storage) {
      const committed = await begin(storage, '/committed', 'x');
      await committed.commit();
      await committed.discard();
      assert.equal(await committed.suspend(), undefined);
      await fails('aborted', committed.commit());
      assert.equal(await content(storage, '/committed'), 'x');

      const discarded = await begin(storage, '/discarded', 'x');
      await discarded.discard();
      await fails('aborted', discarded.commit());
      assert.deepEqual(await names(storage), ['committed']);
    },
  },
  {
    name: 'an aborted upload is not published, and without a listener it ends no process',
    async run(storage) {
      const controller = new AbortController();
      const upload = await begin(storage, '/file', sample(1_000_000), { signal: controller.signal });
      controller.abort();
      await fails('aborted', upload.commit());
      assert.deepEqual(await names(storage), []);
      assert.equal(await storage.partial?.(at('/file')), undefined);
    },
  },
  {
    name: 'a destroyed sink is not published',
    async run(storage) {
      const upload = await begin(storage, '/file', 'part');
      upload.sink.destroy();
      await fails('aborted', upload.commit());
      assert.deepEqual(await names(storage), []);
    },
  },
  {
    name: 'an upload needs a directory to go to',
    async run(storage) {
      await put(storage, '/file', '');
      await fails('not-found', storage.write(at('/missing/file')));
      await fails('not-directory', storage.write(at('/file/below')));
    },
  },
  {
    name: 'an upload that must make no new file makes none of one that was removed meanwhile',
    async run(storage) {
      await put(storage, '/file', 'old');
      const upload = await begin(storage, '/file', 'new', { existing: true });
      await storage.remove(at('/file'));
      await fails('not-found', upload.commit());
      assert.deepEqual(await names(storage), []);
    },
  },
  {
    name: 'an upload never replaces a directory',
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await fails('is-directory', storage.write(at('/directory')));
      await fails('is-directory', storage.write(at('/')));
      const upload = await begin(storage, '/later', 'x');
      await storage.makeDirectory(at('/later'));
      await fails('is-directory', upload.commit());
      assert.equal((await storage.stat(at('/later'))).kind, 'directory');
      assert.deepEqual(
        (await entries(storage)).map(({ kind }) => kind),
        ['directory', 'directory'],
      );
    },
  },
];
