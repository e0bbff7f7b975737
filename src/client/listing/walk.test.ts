import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { HostileServer, type Step } from '../../../test/hostile/hostile-server.ts';
import { ROOT } from '../../core/index.ts';
import type { TestServer } from '../../testing/index.ts';
import { alice, at, failure, ownServer } from '../client-fixture.test.ts';
import { remove } from '../files/changes.ts';
import { ftpPool } from '../ftp/ftp-session.ts';
import { settingsOf } from '../settings.ts';
import type { RemoteEntry } from './entry.ts';
import { type WalkOptions, walk } from './walk.ts';

async function paths(entries: AsyncIterable<RemoteEntry>): Promise<string[]> {
  return (await Array.fromAsync(entries)).map(({ path }) => path).toSorted();
}

test('a walk shows all that lies below, a directory before what is in it, and follows no link', async () => {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  await mkdir(join(server.root, 'a/b/c'), { recursive: true });
  await writeFile(join(server.root, 'a/b/file'), 'x');
  await symlink('a', join(server.root, 'link'));
  const seen = new Set<string>(['']);
  for await (const { path } of walk(pool, ROOT, {})) {
    assert.ok(seen.has(path.slice(0, path.lastIndexOf('/'))), path);
    seen.add(path);
  }
  assert.deepEqual([...seen].toSorted(), ['', '/a', '/a/b', '/a/b/c', '/a/b/file', '/link']);
  assert.deepEqual(await paths(walk(pool, ROOT, { maxDepth: 2 })), ['/a', '/a/b', '/link']);
  const filter = ({ name }: RemoteEntry): boolean => name !== 'b';
  assert.deepEqual(await paths(walk(pool, ROOT, { filter })), ['/a', '/link']);
  await failure('not-found', paths(walk(pool, at('/missing'), {})));
});

test('who walks may change the tree over the only connection', async () => {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  for (const name of ['a', 'b']) {
    await mkdir(join(server.root, name));
    await writeFile(join(server.root, name, 'file'), '');
  }
  for await (const { kind, path } of walk(pool, ROOT, {})) if (kind === 'file') await remove(pool, path, {});
  assert.deepEqual(await paths(walk(pool, ROOT, {})), ['/a', '/b']);
});

test('a directory that goes while the tree is walked is passed over', async () => {
  const CWD: Step = (session, path) =>
    path === '/gone' ? session.reply('550 No such directory') : session.byDefault('CWD', path);
  await using server = await HostileServer.start({ files: { '/gone/x': '', '/there/x': '' }, on: { CWD } });
  await using pool = ftpPool(settingsOf(alice(server)));
  assert.deepEqual(await paths(walk(pool, ROOT, {})), ['/gone', '/there', '/there/x']);
});

test('a tree with a listing that is incomplete is walked to its end, and then that is told', async () => {
  const MLSD: Step = async (session) => {
    if (session.directory !== '/cut') return session.byDefault('MLSD');
    session.reply('150 Listing');
    await (await session.openData()).finish('type=file; seen\r\n');
    session.reply('226 Output truncated to 1 matches');
  };
  await using server = await HostileServer.start({ files: { '/cut/seen': '', '/whole/x': '' }, on: { MLSD } });
  await using pool = ftpPool(settingsOf(alice(server)));
  const came: string[] = [];
  const walking = (async () => {
    for await (const { path } of walk(pool, ROOT, {})) came.push(path);
  })();
  const error = await failure('incomplete-listing', walking);
  assert.match(error.message, /\/cut/);
  assert.deepEqual(came.toSorted(), ['/cut', '/cut/seen', '/whole', '/whole/x']);
});

for (const limit of ['maxWalkDepth', 'maxWalkEntries'] as const) {
  test(`a tree without end is given up at ${limit}`, async () => {
    const listing = 'type=dir; one\r\ntype=dir; other\r\n';
    await using server = await HostileServer.start({ data: { listing } });
    const options: WalkOptions = { signal: AbortSignal.timeout(20_000) };
    await using pool = ftpPool(settingsOf(alice(server, { limits: { [limit]: 20 } })));
    const error = await failure('limit', paths(walk(pool, ROOT, options)));
    assert.match(error.message, new RegExp(limit));
  });
}

test('directories are listed at once, as many as there are connections, and told of in the same order', async () => {
  let running = 0;
  let most = 0;
  const met = Promise.withResolvers<void>();
  await using server = await HostileServer.start({
    files: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`/${name}/file`, name])),
    on: {
      async MLSD(session) {
        running += session.directory === '/' ? 0 : 1;
        most = Math.max(most, running);
        if (most === 3) met.resolve();
        if (session.directory !== '/') await met.promise;
        await session.byDefault('MLSD');
        running -= session.directory === '/' ? 0 : 1;
      },
    },
  });
  await using pool = ftpPool(settingsOf(alice(server, { connections: 3 })));
  const seen = (await Array.fromAsync(walk(pool, ROOT, {}))).map(({ path }) => path);
  assert.deepEqual(seen, ['/a', '/b', '/c', '/d', '/a/file', '/b/file', '/c/file', '/d/file']);
  assert.equal(most, 3);
});

/** The directories that were listed by themselves. */
function listedAlone(server: TestServer): readonly string[] {
  return server.events.flatMap((event) => (event.event === 'command' && event.verb === 'MLSD' ? [event.argument] : []));
}

test('a server that lists a tree in one transfer is asked for two listings, however many directories there are', async () => {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  const expected: string[] = [];
  for (let number = 0; number < 30; number += 1) {
    const directory = `/top/d${number % 10}/e${number}`;
    await mkdir(join(server.root, directory), { recursive: true });
    await writeFile(join(server.root, directory, 'file'), 'x');
    expected.push(directory, `${directory}/file`);
    if (number < 10) expected.push(`/top/d${number}`);
  }
  assert.deepEqual(await paths(walk(pool, at('/top'), {})), expected.toSorted());
  const commands = server.events.flatMap((event) => (event.event === 'command' ? [event.verb] : []));
  const count = (verb: string) => commands.filter((each) => each === verb).length;
  assert.deepEqual([count('MLSD'), count('BNDL')], [1, 1]);
});

test('a walk with a tree tells the same, in the same order, as one that lists each directory', async () => {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server, { connections: 2 })));
  for (const name of ['b/x', 'a/y/z', 'a/w', 'c']) await mkdir(join(server.root, name), { recursive: true });
  for (const name of ['f', 'a/g', 'a/y/z/h', 'b/x/i']) await writeFile(join(server.root, name), name);
  const seen = async () => (await Array.fromAsync(walk(pool, ROOT, {}))).map(({ path, size }) => `${path} ${size}`);
  const withTree = await seen();
  pool.settings.quirks.withoutBundles = true;
  assert.deepEqual(withTree, await seen());
});

test('of a tree that is larger than may be kept the rest is listed directory by directory', async () => {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server, { limits: { maxTreeEntries: 20 } })));
  const expected: string[] = [];
  for (const directory of ['/a', '/b', '/c', '/d', '/e']) {
    await mkdir(join(server.root, directory));
    expected.push(directory);
    for (let number = 0; number < 6; number += 1) {
      await writeFile(join(server.root, directory, `${number}`), '');
      expected.push(`${directory}/${number}`);
    }
  }
  assert.deepEqual(await paths(walk(pool, ROOT, {})), expected.toSorted());
  const alone = listedAlone(server).length;
  assert.ok(alone > 1 && alone < 6, `${alone} were listed alone`);
});

test('a walk that ends at some depth fetches no tree', async () => {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  await mkdir(join(server.root, 'a/b/c'), { recursive: true });
  assert.deepEqual(await paths(walk(pool, ROOT, { maxDepth: 2 })), ['/a', '/a/b']);
  assert.deepEqual(
    server.events.filter((event) => event.event === 'command' && event.verb === 'BNDL'),
    [],
  );
});
