import assert from 'node:assert/strict';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer } from '../../src/testing/running-server.ts';
import { mountSmallMedium } from '../../src/testing/small-medium.ts';

// RFC 1123 section 4.1.2.11 and RFC 959: 452 when the medium is full, for it may have room later. Nothing is published
// that has not all of its bytes, and what came is given back.

test('On a full disk an upload gets 452, is not published, and gives its room back', async (context) => {
  const root = await mkdtemp(join(tmpdir(), 'lockport-full-'));
  try {
    await using medium = await mountSmallMedium(context, root, '2m');
    if (!medium) return;
    await using server = await startTestServer({ root });
    await using client = await server.signIn();
    for (const command of ['STOR big', 'APPE big', 'STOU']) {
      await using data = await client.data(await client.passive());
      await client.expect(150, command);
      const sending = data.send(Buffer.alloc(5_000_000)).catch(() => undefined);
      await client.expect(452);
      await data[Symbol.asyncDispose]();
      await sending;
      assert.deepEqual(await readdir(root), [], command);
    }
    await client.upload('STOR small', Buffer.alloc(1_000_000));
    assert.equal((await client.download('RETR small')).length, 1_000_000);
  } finally {
    await rmdir(root);
  }
});
