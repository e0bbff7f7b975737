import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import type { EntryLocation } from './entry-location.ts';
import { acquireLock, acquireLocks, tryAcquireLock } from './file-lock.ts';
import { Walk } from './walk.ts';

/** A place in a root of two, and the same by another path. */
async function locations() {
  const temporary = await temporaryStorage();
  const { root } = temporary;
  const at = resolvePath(ROOT, '/d/file');
  await temporary.storage.makeDirectory(resolvePath(ROOT, '/d'));
  await symlink('d', join(root, 'other'));
  const walk = await Walk.from(root);
  const [location, same] = [await walk.resolve(at), await walk.resolve(resolvePath(ROOT, '/other/file'))];
  return {
    location,
    same,
    names: () => readdir(join(root, 'd')),
    async [Symbol.asyncDispose]() {
      for (const each of [location, same, walk, temporary]) await each[Symbol.asyncDispose]();
    },
  };
}

const take = ({ directory, name }: EntryLocation, processes: 'one' | 'several') =>
  acquireLock(directory, name, processes);

for (const processes of ['one', 'several'] as const) {
  test(`locks are granted in the order of the requests, whatever the path (processes: ${processes})`, async (context) => {
    // Where the device answers slowly, threads do instead, in no order: on a busy machine every device does.
    context.mock.method(performance, 'now', () => Number.MAX_SAFE_INTEGER);
    await using both = await locations();
    const { location, same } = both;
    const order: number[] = [];
    const first = await take(location, processes);
    const rest = Array.from({ length: 20 }, async (_, index) => {
      await using __ = await take(index % 2 === 0 ? same : location, processes);
      order.push(index);
      assert.equal(await tryAcquireLock(location.directory, location.name), undefined);
    });
    assert.deepEqual(order, []);
    await first[Symbol.asyncDispose]();
    await Promise.all(rest);
    assert.deepEqual(
      order,
      order.map((_, index) => index),
    );
    assert.deepEqual(await both.names(), []);
  });

  test(`who has waited too long holds nobody up (processes: ${processes})`, async () => {
    await using both = await locations();
    const { location } = both;
    {
      await using _ = await take(location, processes);
      await assert.rejects(acquireLocks([location], processes, 1), { code: 'busy' });
    }
    await using again = await take(location, processes);
    assert.ok(again.isHeld);
  });

  test(`of those who want several names none holds the others up (processes: ${processes})`, async () => {
    await using both = await locations();
    const { directory } = both.location;
    const wanted = ['ab', 'ba', 'bc', 'cb', 'ca', 'ac', 'abc'];
    const changes = [...wanted, ...wanted].map(async (names) => {
      await using _ = await acquireLocks(
        names.split('').map((name) => ({ directory, name })),
        processes,
      );
    });
    await Promise.all(changes);
    assert.deepEqual(await both.names(), []);
  });
}

test('a change that no other process can make beside it locks without a file, and an append with one', async () => {
  await using both = await locations();
  for (const [processes, files] of [
    ['one', 0],
    ['several', 1],
  ] as const) {
    await using _ = await take(both.location, processes);
    assert.equal((await both.names()).length, files, processes);
  }
});

test('a process that says that it is the only one waits for the lock of another process', async (context) => {
  await using temporary = await temporaryStorage({ processes: 'one' });
  const { root, storage } = temporary;
  await writeFile(join(root, 'file'), 'old');
  const script = `
    const load = (name) => import(new URL(name, ${JSON.stringify(import.meta.url)}).href);
    const [{ acquireLock }, { Walk }] = await Promise.all(['./file-lock.ts', './walk.ts'].map(load));
    const { directory, name } = await (await Walk.from(process.argv[1])).resolve('/file');
    const lock = await acquireLock(directory, name);
    process.stdout.write('taken');
    process.stdin.once('end', () => lock[Symbol.asyncDispose]()).resume();
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, root], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  context.after(() => child.kill());
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  let isRemoved = false;
  const remove = async () => {
    await storage.remove(resolvePath(ROOT, '/file'));
    isRemoved = true;
  };
  const removed = remove();
  // Others are not held up meanwhile.
  for (let round = 0; round < 20; round += 1) {
    await (await storage.write(resolvePath(ROOT, '/other'))).commit();
    await storage.remove(resolvePath(ROOT, '/other'));
  }
  assert.equal(isRemoved, false);
  child.stdin.end();
  await Promise.all([removed, ended]);
  assert.deepEqual(await readdir(root), []);
});
