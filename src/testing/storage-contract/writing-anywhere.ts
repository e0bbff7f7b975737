import assert from 'node:assert/strict';
import type { OpenWriteOptions, Storage, WritableFile } from '../../core/index.ts';
import { at, bytesOf, type ContractCase, content, fails, leave, names, put, sample } from './case.ts';
import { readAt } from './reading-anywhere.ts';

const needs = ['open-write'] as const;

/** Files that are changed at any position, and published as a whole. */
export const writingAnywhereCases: readonly ContractCase[] = [
  {
    name: 'what is written at any position is seen once it is committed, and not before',
    needs,
    async run(storage) {
      const bytes = sample(900_000);
      const file = await edited(storage, '/file');
      const places = [600_000, 0, 300_000, 750_000, 450_000, 150_000];
      await Promise.all(places.map((start) => file.write(bytes.subarray(start, start + 150_000), start)));
      await file.flush();
      assert.equal((await file.stat()).size, bytes.length);
      await fails('not-found', storage.stat(at('/file')));
      assert.deepEqual(await names(storage), []);
      assert.deepEqual(await file.commit(), await storage.stat(at('/file')));
      assert.ok(bytes.equals(await bytesOf(storage, '/file')));
      assert.deepEqual(await names(storage), ['file']);
    },
  },
  {
    name: 'a published file that is changed stays as it was for who reads it until the commit',
    needs,
    async run(storage) {
      await put(storage, '/file', '0123456789');
      const file = await edited(storage, '/file');
      assert.equal((await file.stat()).size, 10);
      await write(file, 'XY', 3);
      await write(file, 'end', 10);
      assert.equal(await content(storage, '/file'), '0123456789');
      const { size, replaced } = await file.commit();
      assert.equal(size, 13);
      if (replaced) assert.equal(replaced.size, 10);
      assert.equal(await content(storage, '/file'), '012XY56789end');
    },
  },
  {
    name: 'a file that is opened empty, or anew, replaces the old one as a whole',
    needs,
    async run(storage) {
      await put(storage, '/file', 'a long old file');
      const file = await edited(storage, '/file', { truncate: true });
      await write(file, 'new', 0);
      assert.equal(await content(storage, '/file'), 'a long old file');
      await file.commit();
      assert.equal(await content(storage, '/file'), 'new');
      await (await edited(storage, '/file', { truncate: true })).commit();
      assert.equal(await content(storage, '/file'), '');
      await (await edited(storage, '/empty')).commit();
      assert.equal(await content(storage, '/empty'), '');
    },
  },
  {
    name: 'a large file is changed here and there, cut and made longer, as a file of the system is',
    needs,
    async run(storage) {
      const old = sample(3_000_000);
      await put(storage, '/file', old);
      let expected: Buffer = Buffer.from(old);
      const file = await edited(storage, '/file');
      for (let step = 1; step <= 40; step += 1) {
        const position = (step * 1_234_567) % expected.length;
        const bytes = sample(1 + ((step * 54_321) % 200_000)).fill(step, 0, 10);
        expected = Buffer.concat([
          expected.subarray(0, position),
          bytes,
          expected.subarray(Math.min(expected.length, position + bytes.length)),
        ]);
        await file.write(bytes, position);
        if (step % 10 === 0) {
          const size = expected.length - 333_333;
          await file.truncate(size);
          await file.truncate(size + 1000);
          expected = Buffer.concat([expected.subarray(0, size), Buffer.alloc(1000)]);
        }
        const place = (step * 7_654_321) % expected.length;
        assert.ok(expected.subarray(place, place + 50_000).equals(await readAt(file, place, 50_000)), `${step}`);
      }
      assert.equal((await file.stat()).size, expected.length);
      assert.ok(old.equals(await bytesOf(storage, '/file')));
      await file.commit();
      assert.ok(expected.equals(await bytesOf(storage, '/file')));
    },
  },
  {
    name: 'calls that touch the same bytes take effect in their order, without being waited for',
    needs,
    async run(storage) {
      const file = await edited(storage, '/file');
      const sizes: Promise<unknown>[] = [];
      for (let round = 0; round < 20; round += 1) {
        sizes.push(write(file, `${round}`.padStart(4), 0), write(file, 'xy', 2), file.truncate(3));
        sizes.push(
          readAt(file, 0, 10).then((read) => assert.equal(read.toString(), `${`${round}`.padStart(4).slice(0, 2)}x`)),
        );
        sizes.push(file.stat().then(({ size }) => assert.equal(size, 3)));
      }
      const committed = file.commit();
      await Promise.all(sizes);
      assert.equal((await committed).size, 3);
      assert.equal(await content(storage, '/file'), '  x');
    },
  },
  {
    name: 'a file of which bytes never came is not published, unless they were said to be 0',
    needs,
    async run(storage) {
      await put(storage, '/old', 'old');
      for (const path of ['/new', '/old']) {
        const file = await edited(storage, path);
        await write(file, 'behind', 10);
        assert.equal((await file.stat()).size, 16);
        await fails('incomplete', file.commit());
      }
      assert.deepEqual(await names(storage), ['old']);
      assert.equal(await content(storage, '/old'), 'old');
      const file = await edited(storage, '/new');
      await file.truncate(3);
      await write(file, 'x', 3);
      await file.commit();
      assert.equal(await content(storage, '/new'), '\0\0\0x');
    },
  },
  {
    name: 'what was cut is gone, also where the file grows again',
    needs,
    async run(storage) {
      await put(storage, '/file', 'secret content');
      const file = await edited(storage, '/file');
      await file.truncate(3);
      await file.truncate(6);
      assert.equal((await readAt(file, 0, 100)).toString(), 'sec\0\0\0');
      await file.commit();
      assert.equal(await content(storage, '/file'), 'sec\0\0\0');
    },
  },
  {
    name: 'an interrupted change of any position is kept up to where the first byte is missing',
    needs: ['open-write', 'keep-partial'],
    async run(storage) {
      const file = await edited(storage, '/file');
      await write(file, '0123', 0);
      await write(file, '89', 8);
      assert.equal((await file.suspend())?.size, 4);
      assert.deepEqual(await names(storage), []);
      await put(storage, '/file', '4567', { at: 'end' });
      assert.equal(await content(storage, '/file'), '01234567');
      const gap = await edited(storage, '/none');
      await write(gap, 'x', 1);
      assert.equal(await gap.suspend(), undefined);
      const published = await edited(storage, '/file');
      await write(published, 'X', 0);
      assert.equal(await published.suspend(), undefined);
      assert.equal(await content(storage, '/file'), '01234567');
    },
  },
  {
    name: 'an interrupted upload is gone on with at any position, and ends where what came ends',
    needs: ['open-write', 'keep-partial'],
    async run(storage) {
      await leave(storage, '/file', '01234');
      const file = await edited(storage, '/file');
      assert.equal((await file.stat()).size, 5);
      assert.equal((await readAt(file, 1, 3)).toString(), '123');
      await write(file, '56', 5);
      await file.commit();
      assert.equal(await content(storage, '/file'), '0123456');
      assert.equal(await storage.partial?.(at('/file')), undefined);

      await leave(storage, '/shorter', 'abcdef');
      const shorter = await edited(storage, '/shorter');
      await write(shorter, 'XY', 1);
      await shorter.commit();
      assert.equal(await content(storage, '/shorter'), 'aXY');

      await leave(storage, '/all', 'all');
      await (await edited(storage, '/all')).commit();
      assert.equal(await content(storage, '/all'), 'all');

      await leave(storage, '/anew', 'stale');
      const anew = await edited(storage, '/anew', { truncate: true });
      await write(anew, 'new', 0);
      await anew.commit();
      assert.equal(await content(storage, '/anew'), 'new');
      assert.equal(await storage.partial?.(at('/anew')), undefined);
    },
  },
  {
    name: 'of two changes of one file the first one stands, and the other one is busy',
    needs,
    async run(storage) {
      await put(storage, '/file', 'old');
      const [one, other] = [await edited(storage, '/file'), await edited(storage, '/file')];
      await write(one, '1', 0);
      await write(other, '2', 1);
      await one.commit();
      await fails('busy', other.commit());
      assert.equal(await content(storage, '/file'), '1ld');
      const gone = await edited(storage, '/file');
      await write(gone, 'X', 0);
      await storage.remove(at('/file'));
      await fails('busy', gone.commit());
      assert.deepEqual(await names(storage), []);
    },
  },
  {
    name: 'what may be replaced or made is decided as for an upload',
    needs,
    async run(storage) {
      await storage.makeDirectory(at('/directory'));
      await put(storage, '/file', 'old');
      await fails('exists', edited(storage, '/file', { exclusive: true }));
      await fails('not-found', edited(storage, '/missing', { existing: true }));
      await fails('is-directory', edited(storage, '/directory'));
      await fails('not-found', edited(storage, '/missing/file'));
      const late = await edited(storage, '/new', { exclusive: true });
      await put(storage, '/new', 'early');
      await fails('exists', late.commit());
      const gone = await edited(storage, '/file', { existing: true, truncate: true });
      await storage.remove(at('/file'));
      await fails('not-found', gone.commit());
      assert.deepEqual(await names(storage), ['directory', 'new']);
    },
  },
  {
    name: 'a change that is discarded, given up or failed in a call leaves the file as it was',
    needs,
    async run(storage) {
      await put(storage, '/file', 'old');
      const discarded = await edited(storage, '/file');
      await write(discarded, 'X', 0);
      await discarded.discard();
      await fails('aborted', write(discarded, 'X', 0));
      await fails('aborted', discarded.commit());

      const failed = await edited(storage, '/file');
      await fails('bad-offset', write(failed, 'X', -1));
      await fails('bad-offset', failed.commit());
      const cut = await edited(storage, '/file');
      await fails('bad-offset', cut.truncate(0.5));
      assert.equal(await cut.suspend(), undefined);

      const controller = new AbortController();
      const file = await edited(storage, '/file', { signal: controller.signal });
      await write(file, 'X', 0);
      controller.abort();
      await fails('aborted', write(file, 'X', 0));
      await fails('aborted', file.commit());
      await fails('aborted', edited(storage, '/file', { signal: controller.signal }));
      assert.deepEqual(await names(storage), ['file']);
      assert.equal(await content(storage, '/file'), 'old');
    },
  },
  {
    name: 'a changed file keeps its permission bits',
    needs: ['open-write', 'set-mode'],
    async run(storage) {
      await put(storage, '/file', 'old');
      await storage.setAttributes?.(at('/file'), { mode: 0o640 });
      const file = await edited(storage, '/file');
      assert.equal((await file.stat()).mode, 0o640);
      await write(file, 'X', 0);
      await file.commit();
      assert.equal((await storage.stat(at('/file'))).mode, 0o640);
    },
  },
];

async function edited(storage: Storage, path: string, options: OpenWriteOptions = {}): Promise<WritableFile> {
  const file = await storage.openWrite?.(at(path), options);
  assert.ok(file);
  return file;
}

function write(file: WritableFile, text: string, position: number): Promise<void> {
  return file.write(Buffer.from(text), position);
}
