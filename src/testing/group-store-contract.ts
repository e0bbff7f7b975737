import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AccountStore, ROOT, resolvePath } from '../core/index.ts';
import { account } from '../identity/index.ts';
import type { AccountStoreUnderTest } from './account-store-contract.ts';
import { registered } from './register.ts';

/** Registers tests of `node:test` for all that is said of `GroupStore` in `lockport/core`, and of accounts in groups. */
export function groupStoreContract(name: string, makeStore: () => Promise<AccountStoreUnderTest>): void {
  registered(
    describe(`the contract of group stores, kept by ${name}`, () => {
      for (const [sentence, run] of CASES) {
        registered(
          test(sentence, async () => {
            await using made = await makeStore();
            await run(made.accounts);
          }),
        );
      }
    }),
  );
}

const HOME = resolvePath(ROOT, '/partners/{name}');
const PARTNERS = { home: HOME, rights: [{ path: ROOT, rights: ['list', 'upload'] as const }], maxSessions: 3 };
const ODD_NAMES = ["' OR '1'='1", 'a"b', '%', '[x]', '$.a', '__proto__', 'Zürich 1'];

const CASES: readonly (readonly [sentence: string, run: (accounts: AccountStore) => Promise<void>])[] = [
  [
    'a group comes back as it was given, and its name is unique',
    async ({ groups }) => {
      await groups.add('partners', PARTNERS);
      assert.deepEqual((await groups.find('partners'))?.settings, PARTNERS);
      await assert.rejects(groups.add('partners', {}), { name: 'AccountStoreError', code: 'group-exists' });
      await groups.add('Partners', {});
      assert.deepEqual(await groups.names(), ['Partners', 'partners']);
      assert.equal(await groups.find('nobody'), undefined);
    },
  ],
  [
    'names are never read as a language or as patterns, and lead to their own members',
    async (accounts) => {
      for (const name of ODD_NAMES) {
        await accounts.groups.add(name, { quota: { files: name.length } });
        await accounts.add({ ...own(`in ${name}`), groups: [name] }, '');
      }
      for (const name of ODD_NAMES) {
        assert.deepEqual(await accounts.groups.members(name), [`in ${name}`]);
        assert.equal((await accounts.find(`in ${name}`))?.account.quota.files, name.length, name);
      }
    },
  ],
  [
    'a name that no group can have, and settings that no group can have, are refused',
    async ({ groups }) => {
      const invalid = { name: 'AccountStoreError', code: 'invalid-group' };
      for (const name of ['', '..', 'a/b', 'a:b', 'a\nb', 'none']) await assert.rejects(groups.add(name, {}), invalid);
      for (const settings of [
        { disabled: true },
        { groups: ['other'] },
        { authorizedKeys: [] },
        { expires: null },
        { home: resolvePath(ROOT, '/{user}') },
        { surprise: 1 },
      ]) {
        await assert.rejects(groups.add('g', settings), { ...invalid, message: /^Group g: / });
      }
      assert.deepEqual(await groups.names(), []);
    },
  ],
  [
    'an account is read with what its groups give, and says where each value comes from',
    async (accounts) => {
      await accounts.groups.add('partners', PARTNERS);
      await accounts.add({ name: 'anna', groups: ['partners'], maxSessions: null }, '');
      const record = await accounts.find('anna');
      assert.deepEqual(record?.own, { groups: ['partners'], maxSessions: null });
      assert.deepEqual([record?.account.home, record?.account.maxSessions], ['/partners/anna', undefined]);
      assert.deepEqual(record?.origins['home'], { from: 'group', group: 'partners' });
      assert.deepEqual(record?.origins['maxSessions'], { from: 'account' });
      assert.deepEqual((await Array.fromAsync(accounts.list()))[0]?.account, record?.account);
      await accounts.update('anna', { maxSessions: undefined, home: ROOT });
      const { account } = (await accounts.find('anna')) ?? {};
      assert.deepEqual([account?.home, account?.maxSessions], ['/', 3]);
    },
  ],
  [
    'a group that does not exist can not be given, and what would be is told without being kept',
    async (accounts) => {
      const unknown = { code: 'no-such-group', message: /"nobody"/ };
      await assert.rejects(accounts.add({ ...own('anna'), groups: ['nobody'] }, ''), unknown);
      await assert.rejects(accounts.preview({ ...own('anna'), groups: ['nobody'] }), unknown);
      await accounts.add(own('anna'), '');
      await assert.rejects(accounts.update('anna', { groups: ['nobody'] }), unknown);
      await accounts.groups.add('partners', PARTNERS);
      const { account } = await accounts.preview({ name: 'ben', groups: ['partners'] });
      assert.equal(account.home, '/partners/ben');
      assert.deepEqual([await accounts.names(), await accounts.groups.members('partners')], [['anna'], []]);
    },
  ],
  [
    'a change of a group is noticed by the accounts from which it takes something away, and by no other',
    async (accounts) => {
      await accounts.groups.add('partners', PARTNERS);
      for (const name of ['anna', 'ben']) await accounts.add({ name, groups: ['partners'] }, '');
      await accounts.add({ name: 'carl', groups: ['partners'], maxSessions: 9 }, '');
      await accounts.add(own('doris'), '');
      assert.deepEqual(await accounts.groups.update('partners', { quota: { bytes: 1 } }), []);
      assert.deepEqual(await accounts.groups.update('partners', { maxSessions: 4 }), []);
      assert.deepEqual(await accounts.groups.update('partners', { maxSessions: 1 }, { keepSessions: true }), []);
      assert.equal(await accounts.notices.latest(), 0);
      await accounts.groups.update('partners', { maxSessions: undefined });
      assert.deepEqual(await accounts.groups.update('partners', { maxSessions: 1 }), ['anna', 'ben']);
      const told = (await accounts.notices.after(0)).map(({ account, ends }) => `${account}: ${ends}`);
      assert.deepEqual(told, ['anna: session limit lowered', 'ben: session limit lowered']);
    },
  ],
  [
    'who is taken out of a group, or put into one, loses what that takes away',
    async (accounts) => {
      await accounts.groups.add('partners', PARTNERS);
      await accounts.groups.add('narrow', { allowedAddresses: ['192.0.2.1'] });
      await accounts.add({ ...own('anna'), groups: ['narrow'] }, '');
      assert.equal(await accounts.update('anna', { groups: ['partners', 'narrow'] }), true, 'three sessions');
      assert.equal(await accounts.update('anna', { groups: ['partners'] }), false, 'from anywhere');
      assert.equal(await accounts.update('anna', { groups: ['partners', 'narrow'] }), true);
      assert.deepEqual(
        (await accounts.notices.after(0)).map(({ ends }) => ends),
        ['session limit lowered', 'allowed addresses narrowed'],
      );
    },
  ],
  [
    'a change after which an account could not be read is refused, and changes nothing',
    async (accounts) => {
      await accounts.groups.add('partners', PARTNERS);
      await accounts.add({ name: 'anna', groups: ['partners'] }, '');
      const refused = { code: 'invalid-account', message: /^Account anna: home: expected a value/ };
      await assert.rejects(accounts.groups.update('partners', { home: undefined, maxSessions: 1 }), refused);
      await assert.rejects(accounts.update('anna', { groups: [] }), refused);
      assert.deepEqual((await accounts.groups.find('partners'))?.settings, PARTNERS);
      assert.equal((await accounts.find('anna'))?.account.home, '/partners/anna');
      assert.equal(await accounts.notices.latest(), 0);
    },
  ],
  [
    'a group with accounts can not be removed, and that says how many they are',
    async (accounts) => {
      await accounts.groups.add('partners', PARTNERS);
      for (const name of ['anna', 'ben']) await accounts.add({ ...own(name), groups: ['partners'] }, '');
      await assert.rejects(accounts.groups.remove('partners'), { code: 'group-in-use', message: /^2 accounts are/ });
      await accounts.update('anna', { groups: [] });
      await accounts.remove('ben');
      await accounts.groups.remove('partners');
      await assert.rejects(accounts.groups.remove('partners'), { code: 'no-such-group' });
      await assert.rejects(accounts.groups.update('partners', {}), { code: 'no-such-group' });
      assert.deepEqual(await accounts.groups.names(), []);
    },
  ],
];

/** An account that needs no group. */
function own(name: string) {
  const { home, rights } = account(name);
  return { name, home, rights };
}
