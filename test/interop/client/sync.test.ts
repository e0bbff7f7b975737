import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { asStorage, connect, type SyncPlan, sync } from '../../../src/client/index.ts';
import type { Storage } from '../../../src/core/index.ts';
import { localStorage } from '../../../src/storage/index.ts';
import { digestsOf } from '../sample-files.ts';
import { SERVER_NAMES, testCell } from './cells.ts';
import { plantFile, plantTree } from './odd-tree.ts';

for (const server of SERVER_NAMES) {
  testCell(
    { server, security: 'explicit', tls: 'TLSv1.3' },
    'a thousand files with odd names go up, change, and come down',
    async (setting) => {
      const { local, remote } = setting;
      await plantTree(local('here'), server);
      await using client = await connect({ ...setting.options, connections: 4 });
      const there = asStorage(client);
      const tree = client.resolve('tree');

      await using here = await localStorage({ root: local('here'), durability: 'fast' });
      const up = { to: tree, parallel: 3, delete: true } as const;
      await copies(here, there, up, 1000);
      assert.deepEqual(await digestsOf(remote('tree')), await digestsOf(local('here')));
      await change(local('here'), { top: 'added here', file: 10 });
      await changes(here, there, up, { top: 'added here', file: 10 });
      assert.deepEqual(await digestsOf(remote('tree')), await digestsOf(local('here')));

      await mkdir(local('back'));
      await using back = await localStorage({ root: local('back'), durability: 'fast' });
      const down = { from: tree, parallel: 3, delete: true, exclude: LEFT_OUT.map((path) => `/${path}`) } as const;
      const wanted = withoutLeftOut(await digestsOf(remote('tree')));
      await copies(there, back, down, Object.keys(wanted).length);
      assert.deepEqual(await digestsOf(local('back')), wanted);
      await change(remote('tree'), { top: 'added there', file: 20 });
      await setting.server.handOver();
      await changes(there, back, down, { top: 'added there', file: 20 });
      assert.deepEqual(await digestsOf(local('back')), withoutLeftOut(await digestsOf(remote('tree'))));
    },
  );
}

/** Plain names that need not come down as well: the odd ones are what may go wrong. */
const LEFT_OUT = ['plain/2', 'plain/3', 'plain/4'] as const;

type Digests = Awaited<ReturnType<typeof digestsOf>>;

function withoutLeftOut(digests: Digests): Digests {
  const isWanted = ([path]: [string, string]) => !LEFT_OUT.some((directory) => path.startsWith(`${directory}/`));
  return Object.fromEntries(Object.entries(digests).filter(isWanted));
}

/** What is to change: a directory that is new, and the number of a file. */
interface Change {
  readonly top: string;
  readonly file: number;
}

/** All of it is copied, and then found the same. */
async function copies(from: Storage, to: Storage, plan: SyncPlan, files: number): Promise<void> {
  const told = await run(from, to, plan);
  assert.equal(told.filter((step) => step.startsWith('copy ')).length, files);
  assert.deepEqual(await run(from, to, { ...plan, dryRun: true }), []);
}

/** Just what was changed is done, and then nothing is left to do. */
async function changes(from: Storage, to: Storage, plan: SyncPlan, { top, file }: Change): Promise<void> {
  const told = await run(from, to, plan);
  assert.deepEqual(told.sort(), [
    `copy /${top}/new`,
    `delete /plain/1/file ${file + 1}`,
    `make-directory /${top}`,
    `replace /plain/0/file ${file}`,
  ]);
  assert.deepEqual(await run(from, to, { ...plan, dryRun: true }), []);
}

async function run(from: Storage, to: Storage, plan: SyncPlan): Promise<string[]> {
  const told: string[] = [];
  for await (const step of sync(from, to, plan)) {
    if (step.action === 'summary') continue;
    const { action, path, outcome } = step;
    assert.notEqual(outcome, 'failed', `${action} ${path}: ${outcome === 'failed' ? step.message : ''}`);
    told.push(`${action} ${path}`);
  }
  return told;
}

/** One file is replaced, one is there no more, and one is new in a new directory. */
async function change(root: string, { top, file }: Change): Promise<void> {
  await plantFile(`${root}/plain/0/file ${file}`, 'another content, and longer than before', new Date());
  await rm(`${root}/plain/1/file ${file + 1}`);
  await plantFile(`${root}/${top}/new`, 'new', new Date());
}
