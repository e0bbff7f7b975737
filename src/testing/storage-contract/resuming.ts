import assert from 'node:assert/strict';
import { at, begin, bytesOf, type ContractCase, content, fails, leave, names, put, sample } from './case.ts';

const needs = ['keep-partial'] as const;

/** Uploads that go on: from an interrupted one, or from a published file. */
export const resumingCases: readonly ContractCase[] = [
  {
    name: 'an interrupted upload is kept, and is no file',
    needs,
    async run(storage) {
      const kept = await leave(storage, '/file', 'half');
      assert.deepEqual([kept?.name, kept?.kind, kept?.size], ['file', 'file', 4]);
      const found = await storage.partial?.(at('/file'));
      assert.deepEqual([found?.name, found?.size], ['file', 4]);
      assert.deepEqual(await names(storage), []);
      await fails('not-found', storage.stat(at('/file')));
      await fails('incomplete', storage.read(at('/file')));
      await fails('incomplete', storage.rename(at('/file'), at('/other')));
    },
  },
  {
    name: 'where nothing was interrupted there is no partial',
    needs,
    async run(storage) {
      await put(storage, '/file', 'whole');
      assert.equal(await storage.partial?.(at('/file')), undefined);
      assert.equal(await storage.partial?.(at('/missing')), undefined);
    },
  },
  {
    name: 'an interrupted upload is gone on with from every offset',
    needs,
    async run(storage) {
      for (let offset = 0; offset <= 8; offset += 1) {
        const path = `/file${offset}`;
        await leave(storage, path, '01234567');
        await put(storage, path, '0123456789abcdef'.slice(offset), { at: offset });
        assert.equal(await content(storage, path), '0123456789abcdef');
        assert.equal(await storage.partial?.(at(path)), undefined);
      }
    },
  },
  {
    name: 'an upload that is interrupted again and again becomes whole',
    needs,
    async run(storage) {
      const bytes = sample(1_500_000);
      let size = 0;
      for (let step = 0; step < 5; step += 1) {
        const upload = await begin(storage, '/file', bytes.subarray(size, size + 200_001), { at: size });
        size = (await upload.suspend())?.size ?? 0;
      }
      assert.equal(size, 1_000_005);
      await put(storage, '/file', bytes.subarray(size), { at: 'end' });
      assert.ok(bytes.equals(await bytesOf(storage, '/file')));
    },
  },
  {
    name: 'an upload that was aborted may be kept, and what is kept is its beginning',
    needs,
    async run(storage) {
      const bytes = sample(2_000_000);
      const controller = new AbortController();
      const upload = await storage.write(at('/file'), { signal: controller.signal });
      await new Promise((resolve) => {
        upload.sink.write(bytes.subarray(0, 1_000_000), resolve);
      });
      upload.sink.write(bytes.subarray(1_000_000, 1_500_000));
      controller.abort();
      const size = (await upload.suspend())?.size ?? 0;
      assert.ok(size >= 1_000_000 && size <= 1_500_000, `${size}`);
      await put(storage, '/file', bytes.subarray(size), { at: size });
      assert.ok(bytes.equals(await bytesOf(storage, '/file')));
    },
  },
  {
    name: 'what a restarted upload does not reach of a published file stays',
    async run(storage) {
      await put(storage, '/published', 'abcdef');
      await put(storage, '/published', 'XY', { at: 1 });
      assert.equal(await content(storage, '/published'), 'aXYdef');
    },
  },
  {
    name: 'a restart within an interrupted upload ends where its own bytes end: what came behind was never published',
    needs,
    async run(storage) {
      for (const [position, data] of [
        [1, 'XY'],
        [3, ''],
        [0, 'XYZ'],
      ] as const) {
        const whole = `abcdef`.slice(0, position) + data;
        await leave(storage, '/committed', 'abcdef');
        assert.equal((await put(storage, '/committed', data, { at: position })).size, 3);
        assert.equal(await content(storage, '/committed'), whole);
        await storage.remove(at('/committed'));
        await leave(storage, '/kept', 'abcdef');
        assert.equal((await (await begin(storage, '/kept', data, { at: position })).suspend())?.size, 3);
        assert.equal((await storage.partial?.(at('/kept')))?.size, 3);
        await put(storage, '/kept', '!', { at: 'end' });
        assert.equal(await content(storage, '/kept'), `${whole}!`);
        await storage.remove(at('/kept'));
      }
    },
  },
  {
    name: 'a restart position behind the end is refused, and nothing is lost',
    needs,
    async run(storage) {
      await leave(storage, '/partial', 'part');
      await fails('bad-offset', storage.write(at('/partial'), { at: 5 }));
      await put(storage, '/partial', 'y', { at: 4 });
      assert.equal(await content(storage, '/partial'), 'party');
    },
  },
  {
    name: 'a restart position that no file reaches is refused',
    async run(storage) {
      await put(storage, '/file', 'file');
      await fails('bad-offset', storage.write(at('/missing'), { at: 1 }));
      for (const position of [5, -1, 1.5, Number.NaN, Infinity]) {
        await fails('bad-offset', storage.write(at('/file'), { at: position }));
      }
      assert.deepEqual(await names(storage), ['file']);
      assert.equal(await content(storage, '/file'), 'file');
    },
  },
  {
    name: 'a restart at 0, or an append, where nothing is makes a new file',
    async run(storage) {
      await put(storage, '/zero', 'new', { at: 0 });
      await put(storage, '/end', 'new', { at: 'end' });
      assert.equal(await content(storage, '/zero'), 'new');
      assert.equal(await content(storage, '/end'), 'new');
    },
  },
  {
    name: 'an append to a published file is seen at its commit',
    async run(storage) {
      await put(storage, '/file', 'one');
      const upload = await begin(storage, '/file', ' two', { at: 'end' });
      assert.equal(await content(storage, '/file'), 'one');
      await upload.commit();
      assert.equal(await content(storage, '/file'), 'one two');
    },
  },
  {
    name: 'a published file is gone on with from every offset',
    async run(storage) {
      for (let offset = 0; offset <= 4; offset += 1) {
        await put(storage, '/file', 'abcd');
        await put(storage, '/file', '12345'.slice(offset), { at: offset });
        assert.equal(await content(storage, '/file'), 'abcd'.slice(0, offset) + '12345'.slice(offset));
      }
    },
  },
  {
    name: 'a restart on a published file that is not committed changes nothing',
    async run(storage) {
      await put(storage, '/file', 'published');
      await (await begin(storage, '/file', 'XXX', { at: 2 })).discard();
      assert.equal(await (await begin(storage, '/file', 'XXX', { at: 'end' })).suspend(), undefined);
      assert.equal(await content(storage, '/file'), 'published');
      assert.equal(await storage.partial?.(at('/file')), undefined);
    },
  },
  {
    name: 'an interrupted upload is not kept beside a published file',
    needs,
    async run(storage) {
      await put(storage, '/file', 'old');
      assert.equal(await leave(storage, '/file', 'half of the new'), undefined);
      assert.equal(await storage.partial?.(at('/file')), undefined);
      assert.equal(await content(storage, '/file'), 'old');
    },
  },
  {
    name: 'of an upload to which nothing came nothing is kept',
    needs,
    async run(storage) {
      assert.equal(await leave(storage, '/file', ''), undefined);
      assert.equal(await storage.partial?.(at('/file')), undefined);
    },
  },
  {
    name: 'two uploads cannot go on with the same interrupted one',
    needs,
    async run(storage) {
      await leave(storage, '/file', 'half');
      const first = await begin(storage, '/file', '-first', { at: 4 });
      await fails('bad-offset', storage.write(at('/file'), { at: 4 }));
      await first.commit();
      assert.equal(await content(storage, '/file'), 'half-first');
    },
  },
  {
    name: 'a discarded upload forgets the interrupted one that it went on with',
    needs,
    async run(storage) {
      await leave(storage, '/file', 'half');
      await (await begin(storage, '/file', 'more', { at: 4 })).discard();
      assert.equal(await storage.partial?.(at('/file')), undefined);
    },
  },
  {
    name: 'a later interrupted upload takes the place of an earlier one',
    needs,
    async run(storage) {
      await leave(storage, '/file', 'earlier');
      await leave(storage, '/file', 'later');
      await put(storage, '/file', '!', { at: 'end' });
      assert.equal(await content(storage, '/file'), 'later!');
    },
  },
  {
    name: 'a commit does away with an older interrupted upload of its name, and gives what it replaced',
    needs,
    async run(storage) {
      await leave(storage, '/file', 'stale');
      const stale = await storage.partial?.(at('/file'));
      const first = await put(storage, '/file', 'whole');
      const standing = await storage.stat(at('/file'));
      const { replaced } = await put(storage, '/file', 'other');
      if (storage.links !== 'uncontrolled') assert.deepEqual([first.replaced, replaced], [stale, standing]);
      assert.equal((await put(storage, '/new', 'other')).replaced, undefined);
      await storage.remove(at('/file'));
      assert.equal(await storage.partial?.(at('/file')), undefined);
    },
  },
  {
    name: 'a rename does away with an interrupted upload of its new name',
    needs,
    async run(storage) {
      await leave(storage, '/to', 'stale');
      await put(storage, '/from', 'whole');
      assert.equal((await storage.rename(at('/from'), at('/to')))?.size, 5);
      await storage.remove(at('/to'));
      assert.equal(await storage.partial?.(at('/to')), undefined);
    },
  },
  {
    name: 'a directory or a link takes the place of an interrupted upload of its name',
    needs,
    async run(storage) {
      await leave(storage, '/directory', 'stale');
      await storage.makeDirectory(at('/directory'));
      await storage.removeDirectory(at('/directory'));
      assert.equal(await storage.partial?.(at('/directory')), undefined);
      if (storage.makeLink === undefined) return;
      await leave(storage, '/link', 'stale');
      await storage.makeLink(at('/link'), 'missing');
      await storage.remove(at('/link'));
      assert.equal(await storage.partial?.(at('/link')), undefined);
    },
  },
  {
    name: 'an interrupted upload can be removed by its name',
    needs,
    async run(storage) {
      await leave(storage, '/file', 'half');
      const removed = await storage.remove(at('/file'));
      assert.deepEqual([removed.name, removed.size], ['file', 4]);
      assert.equal(await storage.partial?.(at('/file')), undefined);
      await fails('not-found', storage.remove(at('/file')));
    },
  },
  {
    name: 'a directory that holds nothing but interrupted uploads is empty',
    needs,
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await leave(storage, '/directory/file', 'half');
      await storage.removeDirectory(at('/directory'));
      await fails('not-found', storage.stat(at('/directory')));
    },
  },
  {
    name: 'usage counts files, links and interrupted uploads at every depth',
    needs: ['usage', 'keep-partial'],
    async run(storage) {
      assert.deepEqual(await storage.usage?.(at('/')), { bytes: 0, files: 0 });
      await storage.makeDirectory(at('/directory'));
      await storage.makeDirectory(at('/directory/deeper'));
      await put(storage, '/directory/deeper/file', '12345');
      await leave(storage, '/directory/other', '123');
      await storage.makeLink?.(at('/directory/link'), 'deeper/file');
      const links = storage.makeLink === undefined ? 0 : 1;
      assert.deepEqual(await storage.usage?.(at('/')), { bytes: 8, files: 2 + links });
      assert.deepEqual(await storage.usage?.(at('/directory/deeper')), { bytes: 5, files: 1 });
    },
  },
];
