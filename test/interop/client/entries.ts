import assert from 'node:assert/strict';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { ODD_NAMES } from '../sample-files.ts';
import type { Scenarios } from './scenario.ts';

const TIME = new Date('2026-02-03T04:05:06Z');

export const entries: Scenarios = {
  async 'a directory is listed and walked, with what is odd about its names'({ client, server, remote }) {
    const names = [...ODD_NAMES, '-', '...', 'a -> b', 'x'.repeat(255)];
    await mkdir(remote('tree/below/deep'), { recursive: true });
    for (const name of names) await writeFile(remote(`tree/below/${name}`), name);
    await server.handOver();

    const listed = await Array.fromAsync(client.list('tree/below'));
    assert.deepEqual(listed.map(({ name }) => name).sort(), [...names, 'deep'].sort());
    for (const { name, kind, size } of listed) {
      assert.equal(kind, name === 'deep' ? 'directory' : 'file', name);
      if (kind === 'file') assert.equal(size, Buffer.byteLength(name), name);
    }
    const walked = await Array.fromAsync(client.walk('tree'));
    assert.deepEqual(
      walked.map(({ path }) => path.slice(client.resolve('tree/').length + 1)).sort(),
      ['below', 'below/deep', ...names.map((name) => `below/${name}`)].sort(),
    );
  },

  async 'a directory without entries is listed, and a missing one is not'({ client, server, remote }) {
    await mkdir(remote('empty'));
    await server.handOver();
    assert.deepEqual(await Array.fromAsync(client.list('empty')), []);
    await assert.rejects(Array.fromAsync(client.list('missing')), { name: 'ClientError', code: 'not-found' });
  },

  async 'stat, exists, size and modified tell what stands there'({ client, server, remote }) {
    await mkdir(remote('told'));
    await writeFile(remote('told/file'), 'seven b');
    await utimes(remote('told/file'), TIME, TIME);
    await server.handOver();

    const file = await client.stat('told/file');
    assert.deepEqual([file.kind, file.size, file.name], ['file', 7, 'file']);
    assert.equal((await client.stat('told')).kind, 'directory');
    assert.equal(await client.exists('told/file'), 'file');
    assert.equal(await client.exists('told'), 'directory');
    assert.equal(await client.exists('told/nothing'), false);
    assert.equal(await client.size('told/file'), 7);
    assert.deepEqual(await client.modified('told/file'), TIME);
  },

  async 'a time is set'({ client, remote }) {
    await client.upload(Buffer.from('text'), 'timed');
    await client.setModified('timed', TIME);
    assert.deepEqual((await stat(remote('timed'))).mtime, TIME);
  },

  async 'directories are made with those above, moved, and removed with all that is in them'({ client, remote }) {
    await client.makeDirectory('made/by/us', { recursive: true });
    await client.makeDirectory('made/by/us', { recursive: true });
    await client.upload(Buffer.from('text'), 'made/by/us/[file] "one"');
    await client.upload(Buffer.from('text'), 'made/by/.hidden');
    await client.rename('made/by', 'made/moved');
    assert.deepEqual((await readdir(remote('made/moved'))).sort(), ['.hidden', 'us']);
    assert.deepEqual(await readdir(remote('made/moved/us')), ['[file] "one"']);
    await client.removeDirectory('made', { recursive: true });
    assert.equal(await client.exists('made'), false);
    await assert.rejects(stat(remote('made')), { code: 'ENOENT' });
  },

  async 'a file is moved and removed'({ client, remote }) {
    await client.upload(Buffer.from('text'), 'before');
    await client.rename('before', "it's after");
    assert.equal((await stat(remote("it's after"))).size, 4);
    await client.remove("it's after");
    await assert.rejects(stat(remote("it's after")), { code: 'ENOENT' });
  },
};
