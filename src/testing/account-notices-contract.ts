import assert from 'node:assert/strict';
import { type Account, type AccountStore, ROOT } from '../core/index.ts';
import { account } from '../identity/index.ts';

const LISTS: Account = { ...account('alice'), rights: [{ path: ROOT, rights: ['list', 'download'] }] };

/** What an account store notices for sessions that are open, with what an account may do taken away. */
export const NOTICE_CASES: readonly (readonly [sentence: string, run: (accounts: AccountStore) => Promise<void>])[] = [
  [
    'whatever takes a right away is noticed, and nothing else',
    async (accounts) => {
      const { notices } = accounts;
      assert.equal(await notices.latest(), 0);
      await accounts.add(LISTS, 'hash');
      assert.equal(await accounts.update('alice', { quota: { bytes: 1 } }), false);
      assert.equal(await notices.latest(), 0);

      assert.equal(await accounts.update('alice', { rights: [] }), true);
      assert.equal(await accounts.update('alice', { expires: new Date(0) }), false);
      await accounts.setPasswordHash('alice', 'another');
      await accounts.remove('alice');
      const told = await notices.after(0);
      assert.deepEqual(
        told.map(({ account, ends }) => [account, ends]),
        [
          ['alice', 'rights narrowed'],
          ['alice', undefined],
          ['alice', 'password changed'],
          ['alice', 'account removed'],
        ],
      );
      const [, , third = 0, last = 0] = told.map(({ number }) => number);
      assert.equal(await notices.latest(), last);
      assert.deepEqual(await notices.after(last), []);
      assert.equal(await notices.hasSince('alice', third), true);
      assert.equal(await notices.hasSince('alice', last), false);
      assert.equal(await notices.hasSince('bob', 0), false);
    },
  ],
  [
    'a change that keeps sessions is not noticed, nor one that failed',
    async (accounts) => {
      await accounts.add(LISTS, 'hash');
      const kept = { keepSessions: true };
      assert.equal(await accounts.update('alice', { disabled: true, expires: new Date(0) }, kept), false);
      await accounts.setPasswordHash('alice', 'another', kept);
      await accounts.remove('alice', kept);
      await assert.rejects(accounts.remove('alice'), { code: 'no-such-account' });
      await assert.rejects(accounts.setPasswordHash('alice', ''), { code: 'no-such-account' });
      assert.equal(await accounts.notices.latest(), 0);
    },
  ],
];
