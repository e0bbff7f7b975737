import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { overlay } from '../../src/testing/overlay.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

// RFC 8446 section 6.1: who ends TCP before close_notify may have left something out. A cut file is never published.

const BODY = Buffer.alloc(40_000, 'all of it or nothing; ');

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`An upload that is cut anywhere, on a record or within one, is answered with 426 and not published: ${version}`, async () => {
    await using server = await startTestServer();
    await using client = await server.signIn('alice', { tls: { maxVersion: version } });
    const whole = await uploadCutAt(client, Number.POSITIVE_INFINITY);
    assert.equal(whole.code, 226);
    assert.deepEqual(await readFile(join(server.root, 'cut')), BODY);
    await writeFile(join(server.root, 'cut'), 'the old file');

    for (const offset of cutsOf(whole.sent)) {
      const { code } = await uploadCutAt(client, offset);
      assert.ok(code === 426 || code === 425 || code === 522, `cut after ${offset} bytes of TLS: ${code}`);
      assert.equal(await readFile(join(server.root, 'cut'), 'utf8'), 'the old file', `cut after ${offset} bytes`);
    }
    await client.expect(250, 'DELE cut');
  });
}

test('Where the account believes what it gets, a stream that ends on a record without close_notify is published', async () => {
  await using server = await startTestServer({ endOfStream: 'lenient' });
  await using client = await server.signIn();
  const { sent } = await uploadCutAt(client, Number.POSITIVE_INFINITY);
  const closeNotify = recordEnds(sent).at(-2) ?? 0;
  assert.equal((await uploadCutAt(client, closeNotify)).code, 226);
  assert.deepEqual(await readFile(join(server.root, 'cut')), BODY);
});

/** Uploads `BODY`, ending TCP after `offset` bytes of TLS. Gives the closing reply and the TLS bytes of our side. */
async function uploadCutAt(
  client: RawClient,
  offset: number,
): Promise<{ readonly code: number; readonly sent: Buffer }> {
  const port = await client.passive();
  const sent: Buffer[] = [];
  await using data = await client.data(port, 'resumed', (tcp) => cutAfter(tcp, offset, sent));
  client.send('STOR cut');
  // The end of what is cut away is of no interest; how the server takes it is.
  const sending = data.send(BODY).catch(() => undefined);
  const { code } = await client.outcome();
  await data[Symbol.asyncDispose]();
  await sending;
  return { code, sent: Buffer.concat(sent) };
}

/** Around each border of records, and in the middle of each. */
function cutsOf(sent: Buffer): readonly number[] {
  const ends = recordEnds(sent);
  const cuts = ends.flatMap((end, index) => {
    const begin = ends[index - 1] ?? 0;
    return [begin + 1, begin + 5, begin + 6, Math.floor((begin + end) / 2), end - 1, end];
  });
  return cuts.filter((cut) => cut < sent.length);
}

/** Where each TLS record ends (RFC 8446 section 5.1: type, version, two bytes of length). */
function recordEnds(bytes: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; ends.push(at)) at += 5 + bytes.readUInt16BE(at + 3);
  return ends;
}

/** Lets `offset` bytes through and ends TCP behind them, as if the rest had never been. */
function cutAfter(tcp: Socket, offset: number, sent: Buffer[]): Duplex {
  let left = offset;
  const stand = overlay(tcp, (chunk) => {
    const passes = chunk.subarray(0, left);
    sent.push(passes);
    left -= passes.length;
    if (left === 0) setImmediate(() => tcp.end());
    return passes;
  });
  return stand.on('finish', () => tcp.end());
}
