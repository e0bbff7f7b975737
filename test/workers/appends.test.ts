import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startWorkers } from './workers.ts';

const OLD = Buffer.alloc(1_500_000, 'old ');

test('appends through two workers at the same time all stay', async (context) => {
  const server = await startWorkers(context);
  const clients = await server.oneInEach();
  for (const name of ['small', 'large']) await writeFile(join(server.root, name), name === 'small' ? 'old ' : OLD);
  for (const name of ['small', 'large']) {
    for (let round = 0; round < 5; round += 1) {
      const ends = await Promise.all(
        clients.map(async (client) => {
          const data = await client.data(await client.passive());
          await client.expect(150, `APPE ${name}`);
          return { client, data };
        }),
      );
      await Promise.all(
        ends.map(async ({ client, data }) => {
          await data.send(Buffer.from('more'));
          await client.expect(226);
        }),
      );
    }
    const old = name === 'small' ? Buffer.from('old ') : OLD;
    const expected = Buffer.concat([old, Buffer.from('more'.repeat(10))]);
    assert.ok(expected.equals(await readFile(join(server.root, name))), name);
  }
  assert.deepEqual(
    (await readdir(server.root)).filter((name) => /join|turn|tmp/.test(name)),
    [],
  );
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test('an upload that is cut three times grows, and what ends it makes it whole', {
  timeout: 120_000,
}, async (context) => {
  const server = await startWorkers(context);
  const [one, other] = await server.oneInEach();
  assert.ok(one && other);
  let size = 0;
  let content = '';
  for (const [client, command, letter] of [
    [one, 'STOR file', 'a'],
    [other, 'APPE file', 'b'],
    [one, 'REST', 'c'],
  ] as const) {
    const data = await client.data(await client.passive());
    if (command === 'REST') await client.expect(350, `REST ${size}`);
    await client.expect(150, command === 'REST' ? 'STOR file' : command);
    await data.write(Buffer.alloc(300_000, letter));
    // A reset may take with it what has come and was not yet read.
    while ((await uploadedBytes(server.root)) <= size) await setTimeout(10);
    data.reset();
    const { code } = await client.outcome();
    assert.ok(code === 426 || code === 425, `${code}`);
    const { lines } = await other.outcome('SIZE file');
    const kept = Number(lines[0]?.slice(4));
    assert.ok(kept > size, `${command}: ${kept} after ${size}`);
    content += letter.repeat(kept - size);
    size = kept;
  }
  const data = await other.data(await other.passive());
  await other.expect(150, 'APPE file');
  await data.send(Buffer.from('end'));
  await other.expect(226);
  assert.ok((await readFile(join(server.root, 'file'), 'utf8')) === `${content}end`);
  for (const client of [one, other]) await client[Symbol.asyncDispose]();
});

async function uploadedBytes(root: string): Promise<number> {
  const name = (await readdir(root)).find((each) => each.endsWith('.tmp'));
  return name === undefined ? 0 : (await stat(join(root, name))).size;
}
