import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { ServerEvent } from '../../core/index.ts';
import { type Client, connect, poolOf } from '../client.ts';
import { alice, failure, ownServer } from '../client-fixture.test.ts';
import { Scratch } from '../transfer/transfer-fixture.test.ts';
import { canBundle, fetchTogether, storeTogether } from './bundles.ts';

const NUMBERS = Array.from({ length: 150 }, (_, number) => number);
const contentOf = (number: number) => `content ${number} `.repeat(number);
const TIME = new Date('2020-02-03T04:05:06Z');

function bundlesOf(client: Client) {
  const pool = poolOf(client);
  assert.ok(canBundle(pool, 'STOR'));
  return pool;
}

/** How often each command was carried out. */
function commandsOf(events: readonly ServerEvent[], verb: string): readonly string[] {
  return events.flatMap((event) => (event.event === 'command' && event.verb === verb ? [event.argument] : []));
}

test('Many small files go up in one transfer, with their times, and are compared', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server, { connections: 2 }));
  for (const number of NUMBERS) {
    await writeFile(scratch.at(`${number}`), contentOf(number));
    await utimes(scratch.at(`${number}`), TIME, TIME);
  }
  const results = await Promise.all(
    NUMBERS.map((number) => client.upload(scratch.at(`${number}`), `/${number}`, { bundled: true, keepTime: true })),
  );
  for (const number of NUMBERS) {
    assert.equal(await readFile(join(server.root, `${number}`), 'utf8'), contentOf(number));
    assert.deepEqual((await stat(join(server.root, `${number}`))).mtime, TIME);
    assert.equal(results[number]?.verified, 'SHA-256');
    assert.equal(results[number]?.bytes, contentOf(number).length);
  }
  assert.deepEqual(commandsOf(server.events, 'STOR'), []);
  assert.ok(commandsOf(server.events, 'BNDL').length <= 1);
});

test('Many small files come down in one transfer, with their times; a large one comes the ordinary way', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  for (const number of NUMBERS) {
    await writeFile(join(server.root, `${number}`), contentOf(number));
    await utimes(join(server.root, `${number}`), TIME, TIME);
  }
  await writeFile(join(server.root, 'large'), Buffer.alloc(100_000, 'large'));
  await using client = await connect(alice(server, { connections: 2 }));
  const names = [...NUMBERS.map(String), 'large'];
  await Promise.all(names.map((name) => client.download(name, scratch.at(name), { bundled: true, keepTime: true })));
  for (const number of NUMBERS) {
    assert.equal(await readFile(scratch.at(`${number}`), 'utf8'), contentOf(number));
    assert.deepEqual((await stat(scratch.at(`${number}`))).mtime, TIME);
  }
  assert.equal((await stat(scratch.at('large'))).size, 100_000);
  assert.deepEqual(commandsOf(server.events, 'RETR'), ['/large']);
});

test('Files that came and are not put away yet hold the others back: a slow disk has few of them at once', async () => {
  await using server = await ownServer();
  for (const number of NUMBERS) await writeFile(join(server.root, `${number}`), contentOf(number));
  await using client = await connect(alice(server, { limits: { maxBundledFiles: 8 } }));
  let inUse = 0;
  let most = 0;
  const slowly = async (): Promise<void> => {
    inUse += 1;
    most = Math.max(most, inUse);
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    inUse -= 1;
  };
  await Promise.all(
    NUMBERS.map((number) => fetchTogether(bundlesOf(client), client.resolve(`/${number}`), slowly, undefined)),
  );
  assert.equal(most, 8);
});

for (const direction of ['up', 'down'] as const) {
  test(`A bundle goes on once a slow local disk has done its part: ${direction}`, async (context) => {
    await using server = await ownServer();
    for (const name of ['a', 'b']) await writeFile(join(server.root, name), name);
    await using client = await connect(alice(server));
    const disk = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const move = (name: string, isSlow: boolean) => {
      const path = client.resolve(`/${name}`);
      const local = async (): Promise<void> => {
        begun.resolve();
        if (isSlow) await disk.promise;
      };
      return direction === 'up'
        ? storeTogether(bundlesOf(client), path, () => local().then(() => ({ content: Buffer.from(name) })), undefined)
        : fetchTogether(bundlesOf(client), path, local, undefined);
    };
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const slow = move('a', true);
    await begun.promise;
    await move('b', false);
    for (let times = 0; times < 20; times += 1) {
      context.mock.timers.tick(50);
      for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    }
    disk.resolve();
    await Promise.all([slow, move('b', false)]);
    context.mock.timers.reset();
    assert.equal(commandsOf(server.events, 'BNDL').length, 0, 'it has not ended');
    await client.close();
    assert.equal(commandsOf(server.events, 'BNDL').length, 1);
  });
}

test('Files that the server refuses fail as they would alone, and the others do not', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await mkdir(join(server.root, 'directory'));
  await writeFile(join(server.root, 'there'), 'there');
  await using client = await connect(alice(server));
  const options = { bundled: true };
  const [missing, directory, there, up, intoNothing] = await Promise.allSettled([
    client.download('missing', scratch.at('missing'), options),
    client.download('directory', scratch.at('directory'), options),
    client.download('there', scratch.at('there'), options),
    client.upload(Buffer.from('up'), 'up', options),
    client.upload(Buffer.from('x'), 'nowhere/x', options),
  ]);
  const codes = [missing, directory, there, up, intoNothing].map((outcome) =>
    outcome?.status === 'rejected' ? outcome.reason.code : 'done',
  );
  assert.deepEqual(codes, ['not-found', 'refused', 'done', 'done', 'not-found']);
  assert.deepEqual(await scratch.names(), ['there']);
  assert.equal(await readFile(join(server.root, 'up'), 'utf8'), 'up');
});

test('One connection is enough: a call of another kind ends the bundle, which goes on behind it', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  const uploads = NUMBERS.map((number) =>
    client.upload(Buffer.from(contentOf(number)), `/${number}`, { bundled: true }),
  );
  const listed = (async () => {
    let count = 0;
    for await (const _ of client.list('/')) count += 1;
    return count;
  })();
  await Promise.all(uploads);
  assert.ok((await listed) <= NUMBERS.length);
  assert.equal((await readdir(server.root)).length, NUMBERS.length);
});

test('An aborted call ends at once, and the others go on', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  const aborting = new AbortController();
  const uploads = NUMBERS.map((number) =>
    client.upload(Buffer.from(contentOf(number)), `/${number}`, {
      bundled: true,
      ...(number === 100 && { signal: aborting.signal }),
    }),
  );
  const aborted = failure('aborted', uploads[100] ?? Promise.resolve());
  aborting.abort();
  await aborted;
  await Promise.all(uploads.filter((_, number) => number !== 100));
  assert.equal((await readdir(server.root)).length >= NUMBERS.length - 1, true);
});

test('A server without bundles gets each file by itself', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server, { encoding: 'latin1' }));
  await client.upload(Buffer.from('x'), '/x', { bundled: true });
  assert.deepEqual(commandsOf(server.events, 'STOR'), ['/x']);
});
