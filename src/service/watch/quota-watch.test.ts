import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT, resolvePath, type Usage } from '../../core/index.ts';
import type { CountedQuota } from '../../files/index.ts';
import { account } from '../../identity/index.ts';
import { memoryAccounts } from '../../testing/memory-stores.ts';
import { QuotaWatch } from './quota-watch.ts';
import { type Run, serverRuns } from './watch-scene.test.ts';

/** A watch over what alice uses of 1000 bytes and 10 files, as a run of the server has it. */
function watchOf({ events, told }: Run) {
  let used: Usage | undefined;
  const marks: string[] = [];
  events.listen((event) => {
    if (event.event === 'quota.passed') marks.push(`${event.account} ${event.percent}: ${event.marks.join(' ')}`);
  });
  let isHalted = false;
  const watch = new QuotaWatch({
    *counted(): Iterable<CountedQuota> {
      if (used) yield { name: 'alice', home: ROOT, quota: { bytes: 1000, files: 10 }, used };
    },
    count: async () => ({ bytes: 960, files: 1 }),
    accounts: { names: async () => [], find: async () => undefined },
    isHalted: () => isHalted,
    told,
    publish: events.publish,
  });
  return {
    watch,
    halt: (halted: boolean) => {
      isHalted = halted;
    },
    /** What is told where so much is used. */
    at: (now: Usage): readonly string[] => {
      marks.length = 0;
      used = now;
      watch.look();
      return [...marks];
    },
  };
}

const bytes = (count: number): Usage => ({ bytes: count, files: 1 });

test('each mark is told once on the way up, and again only once less was used', async (context) => {
  const begin = await serverRuns(context);
  await using run = await begin();
  const { at } = watchOf(run);
  for (const [used, expected] of [
    [bytes(799), []],
    [bytes(800), ['alice 80: 80']],
    [bytes(949), []],
    [bytes(950), ['alice 95: 95']],
    [bytes(900), []],
    [bytes(960), ['alice 95: 95']],
    [bytes(1000), ['alice 100: 100']],
    [bytes(0), []],
    [bytes(1200), ['alice 100: 80 95 100']],
    [{ bytes: 0, files: 8 }, []],
    [{ bytes: 0, files: 7 }, []],
    [{ bytes: 0, files: 10 }, ['alice 100: 80 95 100']],
  ] as const) {
    assert.deepEqual(at(used), expected, JSON.stringify(used));
  }
});

for (const isKept of [true, false]) {
  test(`a restart tells no crossing again, and misses none (state kept: ${isKept})`, async (context) => {
    const begin = await serverRuns(context);
    {
      await using run = await begin();
      assert.deepEqual(watchOf(run).at(bytes(960)), ['alice 95: 80 95']);
      if (isKept) await run.told.keep();
    }
    {
      await using run = await begin();
      const { at } = watchOf(run);
      assert.deepEqual(at(bytes(970)), []);
      assert.deepEqual(at(bytes(1000)), ['alice 100: 100']);
      assert.deepEqual(at(bytes(10)), []);
      await run.told.keep();
    }
    await using run = await begin();
    assert.deepEqual(watchOf(run).at(bytes(820)), ['alice 80: 80']);
  });
}

test('while nothing can be recorded nothing is told, and then what was missed is', async (context) => {
  const begin = await serverRuns(context);
  await using run = await begin();
  const { at, halt } = watchOf(run);
  halt(true);
  assert.deepEqual(at(bytes(960)), []);
  halt(false);
  assert.deepEqual(at(bytes(960)), ['alice 95: 80 95']);
});

test('homes that nobody has used since the start are counted, each once, and compared', async (context) => {
  const begin = await serverRuns(context);
  await using run = await begin();
  const accounts = memoryAccounts();
  const home = resolvePath(ROOT, '/shared');
  for (const [name, quota] of [
    ['anna', { bytes: 1000 }],
    ['bert', { bytes: 2000 }],
    ['carl', {}],
    ['dora', { bytes: 0 }],
  ] as const) {
    await accounts.add(account(name, { home, quota }), 'hash');
  }
  const found: string[] = [];
  run.events.listen((event) => {
    if (event.event === 'quota.passed') found.push(`${event.account} ${event.percent}`);
  });
  let counts = 0;
  const watch = new QuotaWatch({
    counted: () => [],
    async count() {
      counts += 1;
      return bytes(960);
    },
    accounts,
    isHalted: () => false,
    told: run.told,
    publish: run.events.publish,
  });
  await watch.lookAtOthers(new AbortController().signal);
  await watch.lookAtOthers(new AbortController().signal);
  assert.deepEqual(found, ['anna 95']);
  assert.equal(counts, 2, 'once a look, for all who share it');
});
