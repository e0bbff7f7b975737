import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BanStore } from '../core/index.ts';
import { registered } from './register.ts';

/** An empty store for one test, which disposes it. */
export interface BanStoreUnderTest extends AsyncDisposable {
  readonly bans: BanStore;
}

/** Registers tests of `node:test` for all that is said of `BanStore` in `lockport/core`. */
export function banStoreContract(name: string, makeStore: () => Promise<BanStoreUnderTest>): void {
  registered(
    describe(`the contract of ban stores, kept by ${name}`, () => {
      for (const [sentence, run] of CASES) {
        registered(
          test(sentence, async () => {
            await using made = await makeStore();
            await run(made.bans);
          }),
        );
      }
    }),
  );
}

const LATER = new Date(Date.now() + 3_600_000);

const CASES: readonly (readonly [sentence: string, run: (bans: BanStore) => Promise<void>])[] = [
  ['there is no ban before one is saved', async (bans) => assert.deepEqual(await bans.load(), [])],
  [
    'bans come back until they are over',
    async (bans) => {
      await bans.save({ network: '192.0.2.1', until: LATER });
      await bans.save({ network: '2001:db8:0:0::/64', until: new Date(Date.now() - 1) });
      for (let time = 1; time <= 2; time += 1) {
        assert.deepEqual(await bans.load(), [{ network: '192.0.2.1', until: LATER }]);
      }
    },
  ],
  [
    'the last ban of a network is the one that holds',
    async (bans) => {
      await bans.save({ network: '192.0.2.1', until: new Date(1) });
      await bans.save({ network: '192.0.2.1', until: LATER });
      await bans.save({ network: '192.0.2.2', until: LATER });
      await bans.save({ network: '192.0.2.2', until: new Date(1) });
      assert.deepEqual(await bans.load(), [{ network: '192.0.2.1', until: LATER }]);
    },
  ],
];
