import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RightsRule, ROOT, type VirtualPath } from '../../src/core/index.ts';
import { encodeFrame, itemHead } from '../../src/protocol/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { codesOf, directoryFrames, done, exchange, fileFrames } from './raw-bundle.ts';

const head = (path: string): Buffer => encodeFrame('head', itemHead.format({ path, isDirectory: true }));

test('Directories are made in a bundle, and what lies in one waits for it', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const bytes = Buffer.concat([
    ...['a', 'a/b', 'a/b/c/', 'a/b/c/d'].map(directoryFrames),
    fileFrames('a/b/c/d/file', 'content'),
    fileFrames('a/file', 'content'),
    directoryFrames('a'),
    directoryFrames('missing/below'),
    directoryFrames('/'),
    done(9),
  ]);
  const { frames, reply } = await exchange(client, 'BNDL STOR', { bytes });
  assert.deepEqual(codesOf(frames), [257, 257, 257, 257, 226, 226, 550, 550, 550]);
  assert.equal(String(frames[3]?.payload), '257 "/a/b/c/d" made');
  assert.equal(String(frames[6]?.payload), '550 "/a": File exists');
  assert.deepEqual([reply.code, reply.lines[0]], [226, '226 Stored 6 of 9 items']);
  assert.equal(await readFile(join(server.root, 'a/b/c/d/file'), 'utf8'), 'content');
  const told = server.events.flatMap((event) => (event.event === 'file.changed' ? [event.path] : []));
  assert.deepEqual(told.toSorted(), ['/a', '/a/b', '/a/b/c', '/a/b/c/d', '/a/b/c/d/file', '/a/file']);
});

test('A directory with content, another digest, a sender that gives it up or a type of its own is not made', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const end = directoryFrames('x').subarray(head('x').length);
  const bytes = Buffer.concat([
    head('content'),
    encodeFrame('data', Buffer.from('x')),
    end,
    head('digest'),
    encodeFrame('end', `SHA-256=${'0'.repeat(64)}`),
    head('given-up'),
    encodeFrame('end', '451 No more'),
    encodeFrame('head', 'Type=OS.unix=slink; link'),
    end,
    directoryFrames('whole'),
    done(5),
  ]);
  const { frames } = await exchange(client, 'BNDL STOR', { bytes });
  assert.deepEqual(codesOf(frames), [501, 426, 426, 501, 257]);
  assert.deepEqual(await readdir(server.root), ['whole']);
});

for (const behind of ['end', 'cut', 'reset'] as const) {
  test(`A directory whose end did not come is not made (${behind}); those before it stay`, async () => {
    await using server = await startTestServer();
    await using client = await server.signIn();
    const bytes = Buffer.concat([directoryFrames('before'), head('cut')]);
    const { reply } = await exchange(client, 'BNDL STOR', { bytes, behind });
    assert.equal(reply.code, 426);
    assert.equal((await readdir(server.root)).includes('cut'), false);
    await client.expect(200, 'NOOP');
  });
}

test('Rights hold for each directory of a bundle, and a refusal is told', async () => {
  const rights: readonly RightsRule[] = [
    { path: ROOT, rights: ['list', 'upload', 'make-directory'] },
    { path: '/in' as VirtualPath, rights: ['list', 'upload'] },
  ];
  await using server = await startTestServer({ account: { rights } });
  await mkdir(join(server.root, 'in'));
  await using client = await server.signIn();
  const bytes = Buffer.concat([directoryFrames('in/no'), directoryFrames('yes'), directoryFrames('yes'), done(3)]);
  const { frames } = await exchange(client, 'BNDL STOR', { bytes });
  assert.deepEqual(codesOf(frames), [550, 257, 550]);
  assert.deepEqual(await readdir(join(server.root, 'in')), []);
  assert.equal(server.events.filter(({ event }) => event === 'command.refused').length, 2);
});
