import assert from 'node:assert/strict';
import { at, begin, type ContractCase, content, fails, names, put } from './case.ts';

/** Uploads to one file that are open at the same time: what a commit has confirmed stays. */
export const simultaneousUploadCases: readonly ContractCase[] = [
  {
    name: 'of appends that are open together none is lost',
    async run(storage) {
      await put(storage, '/file', '0');
      const first = await begin(storage, '/file', '1', { at: 'end' });
      const second = await begin(storage, '/file', '2', { at: 'end' });
      assert.equal((await second.commit()).size, 2);
      assert.equal((await first.commit()).size, 3);
      assert.equal(await content(storage, '/file'), '021');
    },
  },
  {
    name: 'of appends that make a file together none is lost',
    async run(storage) {
      const first = await begin(storage, '/file', '1', { at: 'end' });
      const second = await begin(storage, '/file', '2', { at: 'end' });
      await second.commit();
      assert.equal((await first.commit()).size, 2);
      assert.equal(await content(storage, '/file'), '21');
    },
  },
  {
    name: 'an append goes behind the file that has taken the place of an interrupted upload meanwhile',
    needs: ['keep-partial'],
    async run(storage) {
      await (await begin(storage, '/file', 'half')).suspend();
      const append = await begin(storage, '/file', '-more', { at: 'end' });
      await put(storage, '/file', 'whole ');
      await append.commit();
      assert.equal(await content(storage, '/file'), 'whole half-more');
      assert.equal(await storage.partial?.(at('/file')), undefined);
    },
  },
  {
    name: 'an append goes behind the file that has replaced the one it began with',
    async run(storage) {
      await put(storage, '/file', 'old');
      const append = await begin(storage, '/file', '!', { at: 'end' });
      await put(storage, '/file', 'newer');
      await append.commit();
      assert.equal(await content(storage, '/file'), 'newer!');
    },
  },
  {
    name: 'an append to a file that was removed meanwhile makes a file of what came, unless there must be one',
    async run(storage) {
      await put(storage, '/file', 'old');
      const append = await begin(storage, '/file', 'new', { at: 'end' });
      const strict = await begin(storage, '/file', 'none', { at: 'end', existing: true });
      await storage.remove(at('/file'));
      await fails('not-found', strict.commit());
      assert.equal((await append.commit()).size, 3);
      assert.equal(await content(storage, '/file'), 'new');
    },
  },
  {
    name: 'an append that was to make a file is refused where another has made it meanwhile',
    async run(storage) {
      const append = await begin(storage, '/file', '1', { at: 'end', exclusive: true });
      await put(storage, '/file', 'made', { at: 'end' });
      await fails('exists', append.commit());
      assert.equal(await content(storage, '/file'), 'made');
    },
  },
  {
    name: 'of an append to a file that was removed meanwhile nothing is kept when it is interrupted',
    async run(storage) {
      await put(storage, '/file', 'old');
      const append = await begin(storage, '/file', 'new', { at: 'end' });
      const within = await begin(storage, '/file', 'new', { at: 1 });
      await storage.remove(at('/file'));
      assert.equal(await append.suspend(), undefined);
      assert.equal(await within.suspend(), undefined);
      assert.equal(await storage.partial?.(at('/file')), undefined);
      assert.deepEqual(await names(storage), []);
    },
  },
  {
    name: 'a restart on a file that an append has changed meanwhile is refused, and what was appended stays',
    async run(storage) {
      await put(storage, '/file', 'abc');
      const within = await begin(storage, '/file', 'X', { at: 1 });
      const behind = await begin(storage, '/file', 'Y', { at: 3 });
      await put(storage, '/file', 'd', { at: 'end' });
      await fails('busy', within.commit());
      await fails('busy', behind.commit());
      assert.equal(await content(storage, '/file'), 'abcd');
    },
  },
  {
    name: 'an append never replaces a link that has taken the place of its file meanwhile',
    needs: ['make-link'],
    async run(storage) {
      await put(storage, '/file', 'old');
      await put(storage, '/target', 'target');
      const append = await begin(storage, '/file', 'new', { at: 'end' });
      await storage.remove(at('/file'));
      await storage.makeLink?.(at('/file'), 'target');
      await fails('denied', append.commit());
      assert.equal(await content(storage, '/file'), 'target');
    },
  },
];
