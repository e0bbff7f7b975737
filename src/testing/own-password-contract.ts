import assert from 'node:assert/strict';
import { type AccountStore, type NewAccount, ROOT } from '../core/index.ts';

const ALICE: NewAccount = { name: 'alice', home: ROOT, rights: [] };

/** How the holder of an account changes its password. */
export const OWN_PASSWORD_CASES: readonly (readonly [string, (accounts: AccountStore) => Promise<void>])[] = [
  [
    'who must change the password is known by the account until its holder has done so, or the operator again',
    async (accounts) => {
      const must = async () => (await accounts.find('alice'))?.mustChangePassword;
      await accounts.add(ALICE, 'first', { mustChange: true });
      assert.equal(await must(), true);
      assert.equal(await accounts.changeOwnPassword('alice', 'first', 'second', 1), true);
      assert.equal(await must(), false);
      await accounts.setPasswordHash('alice', 'third', { mustChange: true });
      assert.equal(await must(), true);
      await accounts.setPasswordHash('alice', 'fourth');
      assert.equal(await must(), false);
      const changes = [
        { change: 'password-set', name: 'alice', passwordHash: 'fifth', keepEarlier: 0, mustChange: true },
      ] as const;
      await accounts.revise(() => changes);
      assert.equal(await must(), true);
    },
  ],
  [
    'a password of its holder takes the place of the one that was proved, is as new as that, and ends no session',
    async (accounts) => {
      await accounts.add(ALICE, 'first');
      const before = await accounts.find('alice');
      const notice = await accounts.notices.latest();
      assert.equal(await accounts.changeOwnPassword('alice', 'first', 'second', 2), true);
      assert.equal(await accounts.changeOwnPassword('alice', 'second', 'third', 2), true);
      assert.deepEqual(await accounts.earlierPasswordHashes('alice'), ['second', 'first']);
      const after = await accounts.find('alice');
      assert.equal(after?.passwordHash, 'third');
      assert.ok(Number(after?.passwordChangedAt) >= Number(before?.passwordChangedAt));
      assert.equal(await accounts.notices.latest(), notice);
    },
  ],
  [
    'a password of its holder changes nothing where another one was set meanwhile',
    async (accounts) => {
      await accounts.add(ALICE, 'first', { mustChange: true });
      assert.equal(await accounts.changeOwnPassword('alice', 'stale', 'second', 5), false);
      assert.equal(await accounts.changeOwnPassword('nobody', 'first', 'second', 5), false);
      const stored = await accounts.find('alice');
      assert.deepEqual([stored?.passwordHash, stored?.mustChangePassword], ['first', true]);
      assert.deepEqual(await accounts.earlierPasswordHashes('alice'), []);
    },
  ],
];
