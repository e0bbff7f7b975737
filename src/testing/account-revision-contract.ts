import assert from 'node:assert/strict';
import type { AccountRevision, AccountStore, StoredAccounts } from '../core/index.ts';
import { account } from '../identity/index.ts';

const PLAIN = account('alice');

/** The part of `accountStoreContract` that is about many changes at once. */
export const REVISION_CASES: readonly (readonly [sentence: string, run: (accounts: AccountStore) => Promise<void>])[] =
  [
    [
      'many changes are made at once, for what is stored at that moment',
      async (accounts) => {
        await accounts.add(PLAIN, 'hash');
        await accounts.groups.add('old', { maxSessions: 1 });
        const notice = await accounts.notices.latest();
        let seen: StoredAccounts | undefined;
        const made = await accounts.revise((stored) => {
          seen = stored;
          return [
            { change: 'group-added', name: 'partners', settings: { maxSessions: 2 } },
            { change: 'group-removed', name: 'old' },
            { change: 'account-added', account: { ...PLAIN, name: 'bob', groups: ['partners'] }, passwordHash: '' },
            { change: 'account-changed', name: 'alice', changes: { groups: ['partners'], disabled: true } },
            { change: 'password-set', name: 'alice', passwordHash: 'other', keepEarlier: 1 },
            { change: 'group-changed', name: 'partners', changes: { maxSessions: 3 } },
          ];
        });
        assert.equal(made.length, 6);
        const { name: _, ...own } = PLAIN;
        assert.deepEqual(seen, {
          accounts: new Map([['alice', { own, passwordHash: 'hash' }]]),
          groups: new Map([['old', { maxSessions: 1 }]]),
        });
        const [alice, bob] = [await accounts.find('alice'), await accounts.find('bob')];
        assert.deepEqual(
          [alice?.account.maxSessions, alice?.account.disabled, alice?.passwordHash],
          [3, true, 'other'],
        );
        assert.deepEqual([bob?.account.maxSessions, bob?.passwordHash], [3, '']);
        assert.deepEqual(await accounts.groups.names(), ['partners']);
        assert.deepEqual(await accounts.earlierPasswordHashes('alice'), ['hash']);
        assert.equal(await accounts.notices.hasSince('alice', notice), true);
        await accounts.revise(() => [{ change: 'account-removed', name: 'bob' }]);
        assert.equal(await accounts.find('bob'), undefined);
      },
    ],
    [
      'of many changes none is made where one can not be, or where they are tried alone',
      async (accounts) => {
        await accounts.add(PLAIN, 'hash');
        const before = await accounts.find('alice');
        const notice = await accounts.notices.latest();
        const changes: readonly AccountRevision[] = [
          { change: 'group-added', name: 'partners', settings: {} },
          { change: 'account-changed', name: 'alice', changes: { disabled: true } },
          { change: 'password-set', name: 'alice', passwordHash: 'other', keepEarlier: 3 },
          { change: 'account-added', account: { ...PLAIN, name: 'bob' }, passwordHash: '' },
        ];
        const twice = { change: 'account-added', account: PLAIN, passwordHash: '' } as const;
        await assert.rejects(
          accounts.revise(() => [...changes, twice]),
          { code: 'account-exists' },
        );
        await assert.rejects(
          accounts.revise(() => [...changes, twice], { isTrial: true }),
          { code: 'account-exists' },
        );
        assert.equal((await accounts.revise(() => changes, { isTrial: true })).length, 4);
        assert.deepEqual(await accounts.find('alice'), before);
        assert.deepEqual([await accounts.names(), await accounts.groups.names()], [['alice'], []]);
        assert.deepEqual(await accounts.earlierPasswordHashes('alice'), []);
        assert.equal(await accounts.notices.latest(), notice);
      },
    ],
  ];
