import assert from 'node:assert/strict';
import { readdir, readlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { encodeFrame, itemHead } from '../../src/protocol/index.ts';
import type { RawReply } from '../../src/testing/raw-client.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { done, exchange, fileFrames, request } from '../bundle/raw-bundle.ts';

// Every byte of a bundle is the peer's. What is no bundle ends it with 426; the files before stay, and so does the session.

const header = (mark: string, length: number): Buffer => {
  const bytes = Buffer.alloc(5, mark);
  bytes.writeUInt32BE(length, 1);
  return bytes;
};

const WITHIN_A_FILE = 'the end of the bundle within a file';

const HOSTILE: readonly (readonly [string, Buffer])[] = [
  ['an unknown type', header('X', 1)],
  ['the greatest length', header('D', 0xffff_ffff)],
  ['a data frame one byte too long', header('D', 65_537)],
  ['a head one byte too long', header('H', 8193)],
  ['an empty frame', header('D', 0)],
  ['data without a head', encodeFrame('data', Buffer.from('x'))],
  ['an end without a head', encodeFrame('end', `SHA-256=${'0'.repeat(64)}`)],
  ['a result, which servers send', encodeFrame('result', '226 Stored')],
  ['a head within a file', Buffer.concat([request('x'), request('y')])],
  [WITHIN_A_FILE, Buffer.concat([encodeFrame('head', 'Size=3; x'), done(2)])],
  [
    'an end that is neither digest nor code',
    Buffer.concat([encodeFrame('head', 'Size=3; x'), encodeFrame('end', 'ok')]),
  ],
  ['a count that is too low', done(0)],
  ['a count that is no number', encodeFrame('done', '1e3')],
  ['an HTTP request', Buffer.from('POST / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
];

for (const [what, frames] of HOSTILE) {
  test(`A stored bundle with ${what} ends with 426; what came before it stays`, async () => {
    await using server = await startTestServer();
    await using client = await server.signIn();
    const bytes = Buffer.concat([fileFrames('before', 'whole'), frames, fileFrames('behind', 'whole')]);
    const { reply } = await exchange(client, 'BNDL STOR', { bytes, behind: 'end' });
    assert.equal(reply.code, 426);
    assert.match(reply.lines.join('\n'), /^ 1 226 Stored, 5 bytes$/m);
    assert.deepEqual(
      (await readdir(server.root)).filter((name) => !name.startsWith('.')),
      ['before'],
    );
    await client.expect(200, 'NOOP');
  });

  // As a request, this is one that comes to its end.
  if (what === WITHIN_A_FILE) continue;

  test(`Requests with ${what} end with 426`, async () => {
    await using server = await startTestServer();
    await using client = await server.signIn();
    const bytes = Buffer.concat([request('missing'), frames, encodeFrame('data', Buffer.from('x'))]);
    const { reply } = await exchange(client, 'BNDL RETR', { bytes, behind: 'end' });
    assert.equal(reply.code, 426);
    await client.expect(200, 'NOOP');
  });
}

test('A client that asks for ever and never reads has a bounded number of files open, until nothing moves for too long', async () => {
  await using server = await startTestServer({ limits: { stallMs: 1000, maxBundleFilesAtOnce: 4 } });
  await using client = await server.signIn();
  await writeFile(join(server.root, 'large'), '');
  await truncate(join(server.root, 'large'), 200_000_000);
  const port = await client.passive();
  await using data = await client.data(port);
  await client.expect(150, 'BNDL RETR');
  await data.write(Buffer.concat(Array.from({ length: 500 }, () => request('large'))));
  const over = client.reply();
  let most = 0;
  let reply: RawReply | undefined;
  while (reply === undefined) {
    most = Math.max(most, await openTimes(join(server.root, 'large')));
    reply = await Promise.race([over, setImmediate(undefined)]);
  }
  assert.equal(reply.code, 426);
  assert.ok(most <= 6, `${most} files were open`);
  // The system closes them behind the reply.
  while ((await openTimes(join(server.root, 'large'))) > 0) await setImmediate();
  await client.expect(200, 'NOOP');
});

test('A client that gives up files with long texts does not make the final reply long', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const givenUp = Buffer.concat([
    encodeFrame('head', itemHead.format({ path: 'file', size: 1 })),
    encodeFrame('end', `451 ${'y'.repeat(8000)}`),
  ]);
  const bytes = Buffer.concat([...Array.from({ length: 64 }, () => givenUp), encodeFrame('result', '226 no')]);
  const { reply } = await exchange(client, 'BNDL STOR', { bytes });
  assert.equal(reply.code, 426);
  assert.equal(reply.lines.length, 66);
  assert.ok(Buffer.byteLength(reply.lines.join()) < 32_768);
  await client.expect(200, 'NOOP');
});

/** How often this process has a file open; 0 where the system does not tell. */
async function openTimes(path: string): Promise<number> {
  const descriptors = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target === path).length;
}
