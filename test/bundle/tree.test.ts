import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RightsRule, ROOT, type VirtualPath } from '../../src/core/index.ts';
import { FrameReader } from '../../src/protocol/index.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

/** The names that came of each directory; a text where it could not be listed. */
async function tree(
  client: RawClient,
  path: string,
): Promise<{ readonly [directory: string]: readonly string[] | string }> {
  const listed: { [directory: string]: string[] | string } = {};
  let current = '';
  for (const { type, payload } of new FrameReader().push(await client.download(`BNDL MLSD ${path}`))) {
    const text = String(payload);
    if (type === 'head') {
      current = text.slice(text.indexOf(' ') + 1);
      listed[current] = [];
    } else if (type === 'data') {
      const names = text.trimEnd().split('\r\n');
      listed[current] = names.map((line) => line.slice(line.indexOf(' ') + 1)).toSorted();
    } else if (type === 'end' && !text.startsWith('SHA-256=')) {
      listed[current] = text;
    } else if (type === 'done') {
      assert.equal(Number(text), Object.keys(listed).length);
    }
  }
  return listed;
}

test('A tree is listed in one transfer: each directory under its path, links not followed', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  await mkdir(join(server.root, 'top', 'a', 'deep'), { recursive: true });
  await mkdir(join(server.root, 'top', 'b'));
  await writeFile(join(server.root, 'top', 'a', 'file'), 'x');
  await symlink('a', join(server.root, 'top', 'link'));
  assert.deepEqual(await tree(client, 'top'), {
    '/top': ['a', 'b', 'link'],
    '/top/a': ['deep', 'file'],
    '/top/a/deep': [],
    '/top/b': [],
  });
  await client.passive();
  await client.expect(501, 'BNDL MLSD top/a/file');
  await client.passive();
  await client.expect(550, 'BNDL MLSD missing');
});

test('A directory that can not be listed says so, and is no empty one', async () => {
  const rights: readonly RightsRule[] = [
    { path: ROOT, rights: ['list'] },
    { path: '/closed' as VirtualPath, rights: ['upload'] },
  ];
  await using server = await startTestServer({ account: { rights } });
  await mkdir(join(server.root, 'closed'));
  await mkdir(join(server.root, 'open'));
  await using client = await server.signIn();
  assert.deepEqual(await tree(client, '/'), {
    '/': ['closed', 'open'],
    '/closed': '550 The account has no right here: list',
    '/open': [],
  });
});

test('What lies too deep, or is too much to remember, is left out and not shown as empty', async () => {
  await using server = await startTestServer({ limits: { maxListingDepth: 1, maxBundleDirectories: 2 } });
  await using client = await server.signIn();
  await mkdir(join(server.root, 'a', 'b', 'c'), { recursive: true });
  assert.deepEqual(await tree(client, '/'), { '/': ['a'], '/a': ['b'] });
  for (const name of ['d', 'e', 'f']) await mkdir(join(server.root, name));
  const listed = await tree(client, '/');
  assert.deepEqual(listed['/'], ['a', 'd', 'e', 'f']);
  assert.equal(Object.keys(listed).length, 3);
});
