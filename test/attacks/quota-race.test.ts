import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';

// CVE-2021-40524: uploads that run side by side must not each find the same room.

const SIZE = 300_000;

test('Parallel uploads together keep to the quota; who is over it gets 552 and leaves nothing', async () => {
  await using server = await startTestServer({ account: { quota: { bytes: 1_000_000 } } });
  const codes = await Promise.all(Array.from({ length: 8 }, (_, index) => uploadOne(server, `file-${index}`)));
  // All that run together count, so that fewer may succeed than would fit one after the other.
  assert.ok(
    codes.every((code) => code === 226 || code === 552),
    codes.join(' '),
  );
  const names = await readdir(server.root);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(server.root, name))).size));
  assert.deepEqual(
    sizes,
    codes.filter((code) => code === 226).map(() => SIZE),
  );
  assert.ok(sizes.length <= 3);

  // One after the other they find what room there is, and no more; what is removed may be used again.
  for (let index = sizes.length; index < 3; index += 1) assert.equal(await uploadOne(server, `later-${index}`), 226);
  assert.equal(await uploadOne(server, 'too much'), 552);
  await using client = await server.signIn();
  await client.expect(250, `DELE ${(await readdir(server.root))[0]}`);
  assert.equal(await uploadOne(server, 'again'), 226);
  assert.equal(await uploadOne(server, 'once more'), 552);
});

test('Parallel uploads together keep to the number of files', async () => {
  await using server = await startTestServer({ account: { quota: { files: 3 } } });
  const codes = await Promise.all(Array.from({ length: 8 }, (_, index) => uploadOne(server, `file-${index}`)));
  assert.equal(codes.filter((code) => code === 226).length, 3);
  assert.equal((await readdir(server.root)).length, 3);
});

test('Accounts that share a home share what is counted there: neither gets beyond it, nor is locked out', async () => {
  await using server = await startTestServer({ account: { quota: { bytes: 1_000_000 } } });
  await using alice = await server.signIn('alice');
  for (let round = 0; round < 4; round += 1) {
    assert.equal(await uploadOne(server, `file-${round}`, 'bob', 900_000), 226);
    await alice.expect(250, `DELE file-${round}`);
  }
  assert.equal(await uploadOne(server, 'first', 'alice', 900_000), 226);
  for (const user of ['alice', 'bob']) assert.equal(await uploadOne(server, 'second', user, 900_000), 552);
  assert.deepEqual(await readdir(server.root), ['first']);
  assert.equal(await uploadOne(server, 'first', 'bob', 950_000), 226);
});

/** Gives the closing reply. */
async function uploadOne(server: TestServer, name: string, user = 'alice', size = SIZE): Promise<number> {
  await using client = await server.signIn(user);
  await using data = await client.data(await client.passive());
  client.send(`STOR ${name}`);
  // Refused in the middle, the rest has nobody to go to.
  const sending = data.send(Buffer.alloc(size)).catch(() => undefined);
  const { code } = await client.outcome();
  await data[Symbol.asyncDispose]();
  await sending;
  return code;
}
