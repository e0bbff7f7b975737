import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { startTestServer } from '../../testing/index.ts';
import { startTestSftp } from '../../testing/running-sftp.ts';
import { connect } from '../client.ts';
import { alice } from '../client-fixture.test.ts';
import { asStorage } from '../remote-storage/remote-storage.ts';
import { sync } from '../sync/index.ts';
import { aliceBySftp } from './sftp-fixture.test.ts';

const TIME = new Date('2023-04-05T06:07:08Z');

/** A tree of small and large files. */
async function plant(root: string): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  await mkdir(join(root, 'tree/a/b'), { recursive: true });
  await mkdir(join(root, 'tree/empty'));
  for (const [name, bytes] of [
    ['tree/one', 0],
    ['tree/a/two ü', 3],
    ['tree/a/b/large', 3_000_001],
  ] as const) {
    const content = randomBytes(bytes);
    contents.set(name, content);
    await writeFile(join(root, name), content);
    await utimes(join(root, name), TIME, TIME);
  }
  return contents;
}

suite('sync between SFTP and FTPS', () => {
  for (const direction of ['from SFTP to FTPS', 'from FTPS to SFTP'] as const) {
    test(`copies a tree ${direction}, takes changes along, deletes what is gone, and finds nothing to do then`, async () => {
      await using ftps = await startTestServer({ sessionReuse: 'require' });
      await using sftp = await startTestSftp();
      await using ftpsClient = await connect(alice(ftps, { connections: 5 }));
      await using sftpClient = await connect(aliceBySftp(sftp, { connections: 5 }));
      const sides = [
        { root: sftp.root, client: sftpClient },
        { root: ftps.root, client: ftpsClient },
      ] as const;
      const [source, destination] = direction === 'from SFTP to FTPS' ? sides : ([sides[1], sides[0]] as const);
      const contents = await plant(source.root);
      const plan = {
        from: source.client.resolve('/tree'),
        to: destination.client.resolve('/copy'),
        delete: true,
        verify: true,
      } as const;
      const run = async () => {
        const steps = await Array.fromAsync(sync(asStorage(source.client), asStorage(destination.client), plan));
        const summary = steps.at(-1);
        assert.ok(summary?.action === 'summary');
        assert.equal(summary.failed, 0, JSON.stringify(steps.filter((step) => 'message' in step)));
        return summary;
      };
      await run();
      for (const [name, content] of contents) {
        const copy = join(destination.root, name.replace('tree', 'copy'));
        assert.ok(content.equals(await readFile(copy)), name);
        assert.equal((await stat(copy)).mtime.getTime(), TIME.getTime(), name);
      }
      assert.ok((await stat(join(destination.root, 'copy/empty'))).isDirectory());
      const { done, unchanged } = await run();
      assert.deepEqual([done, unchanged], [0, contents.size]);

      await chmod(join(destination.root, 'copy/a/b/large'), 0o600);
      await writeFile(join(source.root, 'tree/a/b/large'), 'changed');
      await source.client.remove('/tree/one');
      await run();
      assert.equal(await readFile(join(destination.root, 'copy/a/b/large'), 'utf8'), 'changed');
      assert.equal((await stat(join(destination.root, 'copy/a/b/large'))).mode & 0o777, 0o600);
      await assert.rejects(stat(join(destination.root, 'copy/one')), { code: 'ENOENT' });
    });
  }
});
