import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BanStore, FOREVER } from '../core/index.ts';
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
    'what an operator has said of a ban comes back with it, also of one without an end',
    async (bans) => {
      const operator = { since: new Date(1_764_000_000_000), reason: 'guesses "names"\n' };
      await bans.save({ network: '198.51.100.0/24', until: FOREVER, operator });
      assert.deepEqual(await bans.load(), [{ network: '198.51.100.0/24', until: FOREVER, operator }]);
      await bans.save({ network: '198.51.100.0/24', until: LATER });
      assert.deepEqual(await bans.load(), [{ network: '198.51.100.0/24', until: LATER }]);
    },
  ],
  [
    'a ban that is removed does not come back, and no other goes with it',
    async (bans) => {
      await bans.save({ network: '192.0.2.1', until: LATER });
      await bans.save({ network: '192.0.2.0/24', until: LATER });
      await bans.remove('192.0.2.0/24');
      await bans.remove('192.0.2.2');
      assert.deepEqual(await bans.load(), [{ network: '192.0.2.1', until: LATER }]);
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
