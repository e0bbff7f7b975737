import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ServerEvent, Storage } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { connect } from '../client.ts';
import { alice, ownServer } from '../client-fixture.test.ts';
import { asStorage } from '../remote-storage/remote-storage.ts';
import { altered, at, plant, put, run, type Tree, treeOf } from './tree-fixture.test.ts';

/** The same storage, moving each file by itself and listing each directory by itself. */
function oneByOne(storage: Storage): Storage {
  return altered(storage, {
    listTree: undefined,
    smallFileBytes: undefined,
    read: (path, options) => storage.read(path, { ...options, expectedSize: Number.POSITIVE_INFINITY }),
    write: (path, options) => storage.write(path, { ...options, expectedSize: 100_000 }),
  });
}

function commandsOf(events: readonly ServerEvent[]): { readonly [verb: string]: number } {
  const counts: { [verb: string]: number } = {};
  for (const event of events) {
    if (event.event === 'command') counts[event.verb] = (counts[event.verb] ?? 0) + 1;
  }
  return counts;
}

const MANY: Tree = Object.fromEntries(
  Array.from({ length: 200 }, (_, number) => [`d${number % 7}/e${number % 3}/f${number}`, `content ${number}`]),
);

test('A tree of small files goes to a server in few commands, and comes back in few', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server, { connections: 3 }));
  const from = memoryStorage();
  await plant(from, MANY);
  const up = await run(from, asStorage(client));
  assert.deepEqual([up.summary.failed, up.steps.filter(({ action }) => action === 'copy').length], [0, 200]);
  const counts = commandsOf(server.events);
  assert.deepEqual([counts['STOR'] ?? 0, counts['MFMT'] ?? 0, counts['SIZE'] ?? 0], [0, 0, 0]);
  const before = server.events.length;
  const again = await run(from, asStorage(client));
  assert.deepEqual([again.told, again.summary.unchanged], [[], 200]);
  assert.equal(commandsOf(server.events.slice(before))['MLSD'] ?? 0, 0);

  const to = memoryStorage();
  const down = await run(asStorage(client), to);
  assert.equal(down.summary.failed, 0);
  assert.deepEqual(await treeOf(to), await treeOf(from));
  assert.equal(commandsOf(server.events)['RETR'] ?? 0, 0);
});

test('Files with spaces and letters beyond ASCII in their names go in a bundle, too', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  const from = memoryStorage();
  const names = Array.from({ length: 20 }, (_, number) => `Müller ${number}.txt`);
  await plant(from, Object.fromEntries(names.map((each) => [each, 'content'])));
  const { summary } = await run(from, asStorage(client));
  assert.equal(summary.failed, 0);
  const counts = commandsOf(server.events);
  assert.deepEqual([counts['STOR'] ?? 0, counts['BNDL']], [0, 1]);
});

test('What is listed once more before something goes is counted once', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  const to = asStorage(client);
  await plant(to, { a: 'a', b: 'b', extra: 'x' });
  const from = memoryStorage();
  await plant(from, { a: 'a', b: 'b' });
  const { summary } = await run(from, to, { delete: true, maxEntries: 5 });
  assert.equal(summary.failed, 0);
  assert.deepEqual(Object.keys(await treeOf(to)).toSorted(), ['a', 'b']);
});

const name = fc.constantFrom('a', 'b', 'c', 'd e');
const content = fc.oneof(fc.string({ maxLength: 6 }), fc.constant('large '.repeat(20_000)));
const tree: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.boolean(), content), { maxLength: 8 })
  .map((entries) => {
    const kinds = new Map<string, boolean>();
    const tree: { [path: string]: string } = {};
    for (const [names, isFile, text] of entries) {
      const path = names.join('/');
      const parents = names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join('/'));
      if (kinds.has(path) || parents.some((parent) => kinds.get(parent) === true)) continue;
      for (const parent of parents) kinds.set(parent, false);
      kinds.set(path, isFile);
      tree[isFile ? path : `${path}/`] = isFile ? `=${text}` : '';
    }
    return tree;
  });

test('A sync tells the same steps, and makes the same tree, with bundles and without', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server, { connections: 3 }));
  let round = 0;
  await fc.assert(
    fc.asyncProperty(tree, tree, fc.boolean(), async (ours, theirs, isUp) => {
      round += 1;
      const outcomes = [];
      for (const variant of [asStorage(client), oneByOne(asStorage(client))]) {
        const directory = at(`/${round}-${outcomes.length}`);
        await variant.makeDirectory(directory);
        const local = memoryStorage();
        await plant(local, ours);
        await plant(
          variant,
          Object.fromEntries(Object.entries(theirs).map(([path, text]) => [`${directory}/${path}`, text])),
          new Date('2021-01-01T00:00:00Z'),
        );
        const plan = { delete: true, maxDelete: '100%', parallel: 2 } as const;
        const outcome = isUp
          ? await run(local, variant, { ...plan, to: directory })
          : await run(variant, local, { ...plan, from: directory });
        outcomes.push({
          ...outcome.summary,
          told: outcome.told,
          ours: await treeOf(local),
          theirs: await treeOf(variant, directory),
        });
      }
      const [bundled, alone] = outcomes;
      assert.deepEqual(bundled, alone);
    }),
    { numRuns: 12 },
  );
});

test('Nothing is deleted on the strength of a tree that was listed before: what has come to the source since stays', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server, { connections: 3 }));
  const remote = asStorage(client);
  const to = memoryStorage();
  await plant(remote, { 'a/keep': '1', 'b/keep': '2' });
  await plant(to, { 'a/keep': '1', 'b/keep': '2', 'b/late': '3', 'b/extra': '4' });
  const changing = altered(remote, {
    async listTree(path, options) {
      const listed = (await remote.listTree?.(path, options)) ?? new Map();
      await put(remote, 'b/late', '3');
      return listed;
    },
  });
  const { told } = await run(changing, to, { delete: true, maxDelete: '100%' });
  assert.deepEqual(told, ['delete /b/extra (extraneous)']);
  assert.equal((await treeOf(to))['b/late'], '3');
});
