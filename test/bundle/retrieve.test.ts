import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readlink, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RightsRule, ROOT, type VirtualPath } from '../../src/core/index.ts';
import { encodeFrame } from '../../src/protocol/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { done, exchange, request, shown } from './raw-bundle.ts';

const ofSha256 = (content: string | Buffer) => `end SHA-256=${createHash('sha256').update(content).digest('hex')}`;

test('Files come in the order of asking, each with size, time, mode and digest, or with the reason why not', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const time = new Date('2020-02-03T04:05:06Z');
  await mkdir(join(server.root, 'dir'));
  const large = Buffer.alloc(150_000, 'large ');
  await writeFile(join(server.root, 'dir', 'a b'), 'content', { mode: 0o640 });
  await utimes(join(server.root, 'dir', 'a b'), time, time);
  await writeFile(join(server.root, 'empty'), '');
  await writeFile(join(server.root, 'large'), large);
  for (const name of ['empty', 'large']) await utimes(join(server.root, name), time, time);
  const bytes = Buffer.concat([
    request('dir/a b'),
    request('missing'),
    request('empty'),
    request('dir'),
    request('large', { most: 100 }),
    request('large', { start: 149_990 }),
    request('large', { start: 150_000 }),
    request('large', { start: 150_001 }),
    request('large'),
    done(9),
  ]);
  const { frames, reply } = await exchange(client, 'BNDL RETR', { bytes });
  const facts = (size: number, mode: string) => `Size=${size};Modify=20200203040506;UNIX.mode=${mode};`;
  const [mode = ''] = shown(frames)
    .filter((line) => line.endsWith('; empty'))
    .map((line) => /UNIX\.mode=(\d+)/.exec(line)?.[1]);
  assert.deepEqual(shown(frames), [
    `head ${facts(7, '0640')} dir/a b`,
    'data 7',
    ofSha256('content'),
    'head  missing',
    'end 550 No such file or directory',
    `head ${facts(0, mode)} empty`,
    ofSha256(''),
    'head  dir',
    'end 550 This is a directory',
    'head  large',
    'end 552 The file has 150000 bytes, more than is wanted',
    `head ${facts(150_000, mode)}Rest=149990; large`,
    'data 10',
    ofSha256(large.subarray(149_990)),
    `head ${facts(150_000, mode)}Rest=150000; large`,
    ofSha256(''),
    'head  large',
    'end 554 The file has 150000 bytes, fewer than Rest says',
    `head ${facts(150_000, mode)} large`,
    'data 65536',
    'data 65536',
    `data ${150_000 - 131_072}`,
    ofSha256(large),
    'done 9',
  ]);
  assert.deepEqual([reply.code, reply.lines[0]], [226, '226 Sent 5 of 9 files']);
});

test('Rights hold for each file that is asked for', async () => {
  const rights: readonly RightsRule[] = [
    { path: ROOT, rights: ['list', 'download'] },
    { path: '/hidden' as VirtualPath, rights: [] },
    { path: '/in' as VirtualPath, rights: ['upload'] },
  ];
  await using server = await startTestServer({ account: { rights } });
  for (const name of ['hidden', 'in']) {
    await mkdir(join(server.root, name));
    await writeFile(join(server.root, name, 'file'), 'secret');
  }
  await using client = await server.signIn();
  const bytes = Buffer.concat([request('hidden/file'), request('in/file'), request('../../etc/passwd'), done(3)]);
  const { frames } = await exchange(client, 'BNDL RETR', { bytes });
  assert.deepEqual(shown(frames), [
    'head  hidden/file',
    'end 550 No such file or directory',
    'head  in/file',
    'end 550 The account has no right here: download',
    'head  ../../etc/passwd',
    'end 550 No such file or directory',
    'done 3',
  ]);
});

test('A request that can not be read ends the bundle: who counts answers must not get one less', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  for (const head of ['Most=many; x', 'x', 'Rest=-1; x', ' ']) {
    const { reply } = await exchange(client, 'BNDL RETR', { bytes: encodeFrame('head', head), behind: 'end' });
    assert.equal(reply.code, 426, head);
  }
  await client.expect(200, 'NOOP');
});

for (const behind of ['end', 'reset'] as const) {
  test(`Requests that are cut anywhere leave nothing open, and the session goes on (${behind})`, async () => {
    await using server = await startTestServer();
    await using client = await server.signIn();
    await writeFile(join(server.root, 'f'), '');
    await truncate(join(server.root, 'f'), 1_000_000);
    const bytes = Buffer.concat([request('f'), request('f'), request('missing'), done(3)]);
    for (let cut = 0; cut < bytes.length; cut += 4) {
      const { reply } = await exchange(client, 'BNDL RETR', { bytes: bytes.subarray(0, cut), behind });
      // 522: cut before the end of the handshake.
      assert.ok([426, 522].includes(reply.code), `cut at ${cut}: ${reply.lines.join('/')}`);
    }
    await client.expect(200, 'NOOP');
    const files = await readdir('/proc/self/fd').catch(() => []);
    const open = await Promise.all(files.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    assert.deepEqual(
      open.filter((path) => path.startsWith(server.root) && path.endsWith('/f')),
      [],
    );
  });
}

test('the end of each download of a bundle tells which file it was', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  await writeFile(join(server.root, 'a'), 'content');
  await exchange(client, 'BNDL RETR', { bytes: Buffer.concat([request('a'), done(1)]) });
  const { size, ino } = await stat(join(server.root, 'a'));
  const [ended] = server.events.filter((event) => event.event === 'transfer.finished');
  assert.equal(ended?.entry?.size, size);
  assert.ok(ended.entry?.unique?.endsWith(`.${ino.toString(36)}`));
});
