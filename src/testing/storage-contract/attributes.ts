import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
// Not by name: Node before 20.15 lacks crc32 and would end here, before it is told that it is too old.
import zlib from 'node:zlib';
import { at, type ContractCase, fails, put, sample } from './case.ts';

const HASHES = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const;

/** Times, modes, digests and room. */
export const attributeCases: readonly ContractCase[] = [
  {
    name: 'a file that is written with a time has it when it appears, or what its commit gives shows another one',
    async run(storage) {
      const time = new Date('2020-02-03T04:05:06Z');
      const upload = await storage.write(at('/file'), { modified: time, expectedSize: 1 });
      upload.sink.end('x');
      const { modified } = await upload.commit();
      assert.deepEqual((await storage.stat(at('/file'))).modified, modified);
    },
  },
  {
    name: 'a new file was modified now',
    async run(storage) {
      const before = Date.now();
      const { modified } = await put(storage, '/file', 'x');
      // Clocks of file systems may lag a little, and may count in whole seconds.
      assert.ok(modified.getTime() >= before - 2000 && modified.getTime() <= Date.now() + 2000);
    },
  },
  {
    name: 'the time of modification can be set, of files and directories',
    needs: ['set-modified'],
    async run(storage) {
      const time = new Date('2001-02-03T04:05:06Z');
      await put(storage, '/file', 'x');
      await storage.makeDirectory(at('/directory'));
      for (const path of ['/file', '/directory']) {
        await storage.setAttributes?.(at(path), { modified: time });
        assert.deepEqual((await storage.stat(at(path))).modified, time);
      }
      await fails('not-found', storage.setAttributes?.(at('/missing'), { modified: time }) ?? Promise.resolve());
    },
  },
  {
    name: 'the time of creation can be set',
    needs: ['set-created'],
    async run(storage) {
      const time = new Date('2001-02-03T04:05:06Z');
      await put(storage, '/file', 'x');
      await storage.setAttributes?.(at('/file'), { created: time });
      assert.deepEqual((await storage.stat(at('/file'))).created, time);
    },
  },
  {
    name: 'permission bits can be set, and no others',
    needs: ['set-mode'],
    async run(storage) {
      await put(storage, '/file', 'x');
      for (const [asked, set] of [
        [0o640, 0o640],
        [0o000, 0o000],
        [0o7755, 0o755],
      ] as const) {
        await storage.setAttributes?.(at('/file'), { mode: asked });
        assert.equal((await storage.stat(at('/file'))).mode, set);
      }
      await fails('not-found', storage.setAttributes?.(at('/missing'), { mode: 0o600 }) ?? Promise.resolve());
    },
  },
  {
    name: 'attributes are set together: all of them, or none where one can not be set',
    async run(storage) {
      const { settable = [] } = storage;
      const time = new Date('2001-02-03T04:05:06Z');
      const all = { modified: time, created: time, mode: 0o604 };
      await put(storage, '/file', 'x');
      const before = await storage.stat(at('/file'));
      const lacking = (['modified', 'created', 'mode'] as const).filter((attribute) => !settable.includes(attribute));
      if (lacking.length > 0 && storage.setAttributes) {
        await fails('unsupported', storage.setAttributes(at('/file'), all));
        assert.deepEqual(await storage.stat(at('/file')), before);
      }
      const given = Object.fromEntries(settable.map((attribute) => [attribute, all[attribute]]));
      await storage.setAttributes?.(at('/file'), given);
      const after = await storage.stat(at('/file'));
      assert.deepEqual({ ...after, ...given }, after);
    },
  },
  {
    name: 'a replaced file keeps its permission bits',
    needs: ['set-mode'],
    async run(storage) {
      await put(storage, '/file', 'old');
      await storage.setAttributes?.(at('/file'), { mode: 0o640 });
      await put(storage, '/file', 'new');
      assert.equal((await storage.stat(at('/file'))).mode, 0o640);
    },
  },
  {
    name: 'digests are those of the bytes, of a part or of the whole',
    needs: ['digest'],
    async run(storage) {
      const bytes = sample(700_000);
      await put(storage, '/file', bytes);
      for (const range of [{}, { start: 5 }, { start: 5, end: 300_000 }, { start: 700_000 }]) {
        const part = bytes.subarray(range.start ?? 0, range.end ?? bytes.length);
        for (const [algorithm, hash] of Object.entries(HASHES) as [keyof typeof HASHES, string][]) {
          const digest = await storage.digest?.(at('/file'), algorithm, range);
          assert.deepEqual(Buffer.from(digest ?? []), createHash(hash).update(part).digest());
        }
        const digest = await storage.digest?.(at('/file'), 'CRC32', range);
        assert.equal(Buffer.from(digest ?? []).readUInt32BE(), zlib.crc32(part));
      }
    },
  },
  {
    name: 'there is no digest of what is no file',
    needs: ['digest'],
    async run(storage) {
      const digest = (path: string) => storage.digest?.(at(path), 'SHA-256') ?? Promise.resolve();
      await fails('not-found', digest('/missing'));
      await fails('is-directory', digest('/'));
    },
  },
  {
    name: 'the room left is a part of all the room',
    needs: ['space'],
    async run(storage) {
      const space = await storage.space?.(at('/'));
      assert.ok(space !== undefined && space.free >= 0 && space.free <= space.total && space.total < Infinity);
    },
  },
  {
    name: 'a file that cannot fit is refused before its bytes come',
    needs: ['space'],
    async run(storage) {
      const { total = 0 } = (await storage.space?.(at('/'))) ?? {};
      // Others may make room meanwhile, and a client knows of no more than what was free.
      await fails('no-space', storage.write(at('/file'), { expectedSize: 100 * (total + 1) }));
      await put(storage, '/file', 'x', { expectedSize: 1 });
    },
  },
];
