import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT, resolvePath } from '../../src/core/index.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from './workers.ts';

async function arrange(context: TestContext, workers: number) {
  const directory = await temporaryDirectory(context);
  const disk = join(directory, 'disk');
  const [key, names] = [join(directory, 'key'), join(directory, 'names-key')];
  for (const file of [key, names]) await writeFile(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  const storages = `{disk: {kind: local, path: ${disk}}, patients: {kind: encrypted, over: disk, keys: [{file: ${key}}], namesKey: {file: ${names}}}}`;
  const mounts = [{ at: resolvePath(ROOT, '/patients'), storage: 'patients' }];
  const server = await startWorkers(context, { workers, account: { mounts }, settings: { STORAGES: storages } });
  return { server, disk };
}

for (const workers of [1, 2]) {
  const where = workers === 1 ? 'one process' : `${workers} workers`;

  test(`clients work on encrypted files as on any others, and nothing of these stands on the disk: ${where}`, async (context) => {
    const { server, disk } = await arrange(context, workers);
    const content = Buffer.from('diagnosis '.repeat(20_000));
    const clients = workers === 1 ? [await server.signIn()] : await server.oneInEach();
    for (const [index, client] of clients.entries()) {
      const path = `/patients/Smith-${index}`;
      await client.upload(`STOR ${path}`, content.subarray(0, 150_000));
      await client.upload(`APPE ${path}`, content.subarray(150_000, 170_000));
      await client.expect(350, 'REST 170000');
      await client.upload(`STOR ${path}`, content.subarray(170_000));
      assert.deepEqual((await client.expect(213, `SIZE ${path}`)).lines, [`213 ${content.length}`]);
      assert.ok(content.equals(await client.download(`RETR ${path}`)));
      await client.expect(350, 'REST 123456');
      assert.ok(content.subarray(123_456).equals(await client.download(`RETR ${path}`)));
      const hash = createHash('sha256').update(content).digest('hex').toUpperCase();
      assert.match((await client.expect(213, `HASH ${path}`)).lines.join(''), new RegExp(hash, 'i'));
      await client.expect(213, `MFMT 20200203040506 ${path}`);
      const listing = (await client.download('MLSD /patients')).toString();
      assert.match(listing, new RegExp(`size=${content.length};modify=20200203040506;.* Smith-${index}\r\n`));
    }
    // What the one wrote, the other reads.
    for (const client of clients) assert.ok(content.equals(await client.download('RETR /patients/Smith-0')));
    const stored = (await readdir(disk)).filter((name) => !name.startsWith('.'));
    assert.equal(stored.length, clients.length);
    for (const name of stored) {
      assert.doesNotMatch(name, /Smith/);
      const bytes = await readFile(join(disk, name));
      assert.doesNotMatch(bytes.toString('latin1'), /diagnosis/);
      bytes[bytes.length - 100_000] = (bytes[bytes.length - 100_000] ?? 0) ^ 1;
      await writeFile(join(disk, name), bytes);
    }
    for (const client of clients) {
      await using data = await client.data(await client.passive());
      await client.expect(150, 'RETR /patients/Smith-0');
      const received = await data.receive().catch(() => Buffer.alloc(0));
      assert.ok(content.subarray(0, received.length).equals(received) && received.length < content.length);
      assert.match((await client.reply()).lines.join(' '), /^[45]\d\d .*damaged or was altered/);
      await client[Symbol.asyncDispose]();
    }
  });
}
