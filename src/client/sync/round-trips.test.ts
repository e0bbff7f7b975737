import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Storage } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { connect } from '../client.ts';
import { alice, ownServer } from '../client-fixture.test.ts';
import { LockstepLink, roundTripsOf } from '../lockstep-link-fixture.test.ts';
import { asStorage } from '../remote-storage/remote-storage.ts';
import { type Outcome, plant, run, type Tree } from './tree-fixture.test.ts';

/**
 * What a run to our own server takes that is far away and holds `remote`, which must be in memory: a disk would answer when
 * it likes, and each answer would travel alone.
 */
async function farRun(from: Storage, remote: Storage): Promise<Outcome & { readonly roundTrips: number }> {
  await using server = await ownServer({ storage: remote });
  await using link = new LockstepLink();
  await using client = await connect(alice(server, { host: '127.0.0.1', dial: link.dial, connections: 5 }));
  let outcome: Outcome | undefined;
  const roundTrips = await roundTripsOf(link, async () => {
    outcome = await run(from, asStorage(client));
  });
  assert.ok(outcome);
  return { ...outcome, roundTrips };
}

/** So many directories below 30 others, with so many files each. */
function treeOf(directories: number, files: number): Tree {
  const tree: { [path: string]: string } = {};
  for (let number = 0; number < directories; number += 1) {
    for (let file = 0; file < files; file += 1) {
      tree[`a${number % 5}/b${number % 25}/c${number}/f${file}`] = `content ${number} ${file}`;
    }
  }
  return tree;
}

async function planted(tree: Tree): Promise<Storage> {
  const storage = memoryStorage();
  await plant(storage, tree);
  return storage;
}

test('A tree of 330 directories goes up in the round trips that its bundles need', async () => {
  const { summary, roundTrips } = await farRun(await planted(treeOf(300, 1)), memoryStorage());
  assert.deepEqual([summary.done, summary.failed], [330 + 300, 0]);
  // So many of 64 items, one for each level, and what a bundle takes to open.
  assert.ok(roundTrips <= 30, `${roundTrips} round trips`);
});

test('A tree of 10,000 entries is compared in two round trips more than an empty one', async () => {
  const empty = await farRun(memoryStorage(), memoryStorage());
  const tree = treeOf(970, 9);
  const { summary, roundTrips } = await farRun(await planted(tree), await planted(tree));
  assert.deepEqual([summary.unchanged, summary.done, summary.failed], [970 * 9, 0, 0]);
  assert.ok(roundTrips <= empty.roundTrips + 2, `${roundTrips} round trips, and ${empty.roundTrips} for an empty tree`);
});
