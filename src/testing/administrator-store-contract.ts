import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Administrator, AdministratorPasswordChange, AdministratorStore, AdminToken } from '../core/index.ts';
import { registered } from './register.ts';

/** An empty store for one test, which disposes it. */
export interface AdministratorStoreUnderTest extends AsyncDisposable {
  readonly administrators: AdministratorStore;
}

/** Registers tests of `node:test` for all that is said of `AdministratorStore` in `lockport/core`. */
export function administratorStoreContract(name: string, makeStore: () => Promise<AdministratorStoreUnderTest>): void {
  registered(
    describe(`the contract of administrator stores, kept by ${name}`, () => {
      for (const [sentence, run] of CASES) {
        registered(
          test(sentence, async () => {
            await using made = await makeStore();
            await run(made.administrators);
          }),
        );
      }
    }),
  );
}

const ANNA: Administrator = { name: 'anna', role: 'operator', groups: ['lab', 'ward "7"'], disabled: false };
const NOBODY = { code: 'no-such-administrator' };

function tokenOf(administrator: string, id: string): AdminToken {
  const createdAt = new Date(1_764_000_000_000 + Number(id));
  const expires = new Date(createdAt.getTime() + 3_600_000);
  return { id, administrator, label: `of ${id}`, role: 'auditor', secretHash: 'ab'.repeat(32), createdAt, expires };
}

const CASES: readonly (readonly [sentence: string, run: (store: AdministratorStore) => Promise<void>])[] = [
  [
    'an administrator comes back as it was added, and all in the order of their names',
    async (store) => {
      await store.add(ANNA, 'hash');
      await store.add({ ...ANNA, name: 'Zoe', groups: [], disabled: true }, '');
      const { createdAt, passwordChangedAt, revision: _, ...record } = (await store.find('anna')) ?? assert.fail();
      const fresh = { passwordHash: 'hash', earlierPasswordHashes: [], mustChangePassword: false };
      assert.deepEqual(record, { ...ANNA, ...fresh });
      assert.ok(Math.abs(createdAt.getTime() - Date.now()) < 60_000);
      assert.deepEqual(passwordChangedAt, createdAt);
      assert.deepEqual(
        (await store.list()).map(({ name, disabled }) => [name, disabled]),
        [
          ['Zoe', true],
          ['anna', false],
        ],
      );
      assert.equal(await store.find('ANNA'), undefined);
    },
  ],
  [
    'a name that is taken, and one that no account could have, are refused',
    async (store) => {
      await store.add(ANNA, 'hash');
      await assert.rejects(store.add(ANNA, 'other'), { code: 'administrator-exists' });
      await assert.rejects(store.add({ ...ANNA, name: '../x' }, ''), { code: 'invalid-administrator' });
      assert.equal((await store.find('anna'))?.passwordHash, 'hash');
    },
  ],
  [
    'a change touches what it names and nothing else',
    async (store) => {
      await store.add(ANNA, 'hash');
      await store.update('anna', { role: 'auditor' });
      await store.update('anna', { groups: [] });
      await store.update('anna', { disabled: true });
      const { role, groups, disabled, passwordHash } = (await store.find('anna')) ?? assert.fail();
      assert.deepEqual(
        { role, groups, disabled, passwordHash },
        {
          role: 'auditor',
          groups: [],
          disabled: true,
          passwordHash: 'hash',
        },
      );
    },
  ],
  [
    'a change tells what it found and what it left, and a removal what was there',
    async (store) => {
      await store.add(ANNA, 'hash');
      const { before, after } = await store.update('anna', { role: 'auditor' });
      assert.deepEqual([before.role, after.role], ['operator', 'auditor']);
      assert.deepEqual(after, await store.find('anna'));
      assert.deepEqual(await store.remove('anna'), after);
    },
  ],
  [
    'the last owner without limits keeps its role, its reach, its state and itself, whatever comes at once',
    async (store) => {
      const owner = { role: 'owner', groups: [], disabled: false } as const;
      await store.add({ ...owner, name: 'olga' }, 'hash');
      await store.add({ ...owner, name: 'limited', groups: ['lab'] }, 'hash');
      await store.add({ ...owner, name: 'off', disabled: true }, 'hash');
      const last = { code: 'last-owner' };
      await assert.rejects(store.update('olga', { role: 'operator' }), last);
      await assert.rejects(store.update('olga', { groups: ['lab'] }), last);
      await assert.rejects(store.update('olga', { disabled: true }), last);
      await assert.rejects(store.remove('olga'), last);
      assert.deepEqual((await store.find('olga'))?.role, 'owner');
      await store.update('off', { disabled: false });
      const outcomes = await Promise.allSettled([store.remove('olga'), store.update('off', { disabled: true })]);
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      // Where nobody is an owner of all, nobody is the last one.
      await store.remove('limited');
    },
  ],
  [
    'each change that ends what was allowed before gives another revision, and what a server notes gives none',
    async (store) => {
      await store.add(ANNA, 'hash');
      const seen = new Set<number>();
      const look = async () => seen.add((await store.find('anna'))?.revision ?? assert.fail());
      await look();
      for (const change of [
        () => store.update('anna', { role: 'auditor' }),
        () => store.update('anna', { groups: [] }),
        () => store.update('anna', { disabled: true }),
        () => store.update('anna', { disabled: false }),
        () => store.setPasswordHash('anna', 'hash'),
        () => store.setTotpSecret('anna', 'JBSWY3DPEHPK3PXP'),
        () => store.setTotpSecret('anna', undefined),
      ]) {
        await change();
        await look();
      }
      assert.equal(seen.size, 8);
      await store.recordLogin('anna');
      await store.recordTotpStep('anna', 1);
      await store.setLock('anna', new Date());
      await look();
      assert.equal(seen.size, 8);
    },
  ],
  [
    'so many earlier passwords are remembered as a change says, the newest first, and whether the new one has to be changed',
    async (store) => {
      await store.add(ANNA, 'one');
      const after = async (hash: string, options?: AdministratorPasswordChange) => {
        await store.setPasswordHash('anna', hash, options);
        const { earlierPasswordHashes, mustChangePassword } = (await store.find('anna')) ?? assert.fail();
        return [earlierPasswordHashes, mustChangePassword];
      };
      assert.deepEqual(await after('two', { keepEarlier: 2, mustChange: true }), [['one'], true]);
      assert.deepEqual(await after('three', { keepEarlier: 2 }), [['two', 'one'], false]);
      assert.deepEqual(await after('four', { keepEarlier: 2 }), [['three', 'two'], false]);
      assert.deepEqual(await after('five'), [[], false]);
    },
  ],
  [
    'a new password lifts a lock',
    async (store) => {
      await store.add(ANNA, 'hash');
      await store.setLock('anna', new Date(5_000_000_000_000));
      assert.equal((await store.find('anna'))?.lockedUntil?.getTime(), 5_000_000_000_000);
      await store.setPasswordHash('anna', 'other');
      assert.equal((await store.find('anna'))?.lockedUntil, undefined);
      assert.equal((await store.find('anna'))?.passwordHash, 'other');
      await store.setLock('anna', new Date(1));
      await store.setLock('anna', undefined);
      assert.equal((await store.find('anna'))?.lockedUntil, undefined);
    },
  ],
  [
    'the step of a used code never goes back, but begins anew with another secret',
    async (store) => {
      await store.add(ANNA, 'hash');
      await store.setTotpSecret('anna', 'JBSWY3DPEHPK3PXP');
      await store.recordTotpStep('anna', 7);
      await store.recordTotpStep('anna', 5);
      const { totpSecret, totpStep } = (await store.find('anna')) ?? assert.fail();
      assert.deepEqual([totpSecret, totpStep], ['JBSWY3DPEHPK3PXP', 7]);
      await store.setTotpSecret('anna', 'OTHER');
      assert.equal((await store.find('anna'))?.totpStep, undefined);
      await store.setTotpSecret('anna', undefined);
      assert.equal((await store.find('anna'))?.totpSecret, undefined);
    },
  ],
  [
    'tokens come back, and go one by one',
    async (store) => {
      await store.add(ANNA, 'hash');
      await store.addToken(tokenOf('anna', '2'));
      await store.addToken(tokenOf('anna', '1'));
      assert.deepEqual(await store.findToken('2'), tokenOf('anna', '2'));
      const tokens = await store.tokens('anna');
      assert.deepEqual(tokens.map(({ id }) => id).sort(), ['1', '2']);
      await store.recordTokenUse('1');
      assert.ok((await store.findToken('1'))?.lastUsedAt);
      await store.removeToken('1');
      await assert.rejects(store.removeToken('1'), { code: 'no-such-token' });
      assert.equal(await store.findToken('1'), undefined);
    },
  ],
  [
    'an administrator has no more tokens than are allowed, however many come at once',
    async (store) => {
      await store.add(ANNA, 'hash');
      await store.add({ ...ANNA, name: 'otto' }, 'hash');
      await store.addToken(tokenOf('otto', '9'), 1);
      const outcomes = await Promise.allSettled(['1', '2', '3'].map((id) => store.addToken(tokenOf('anna', id), 2)));
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'fulfilled', 'rejected']);
      await assert.rejects(store.addToken(tokenOf('anna', '4'), 2), { code: 'too-many-tokens' });
      assert.equal((await store.tokens('anna')).length, 2);
    },
  ],
  [
    'tokens go with their administrator',
    async (store) => {
      await store.add(ANNA, 'hash');
      await store.addToken(tokenOf('anna', '1'));
      await store.remove('anna');
      assert.equal(await store.findToken('1'), undefined);
      assert.equal(await store.find('anna'), undefined);
    },
  ],
  [
    'of nobody there is nothing to change, and what a server notes of nobody does nothing',
    async (store) => {
      await assert.rejects(store.update('anna', { disabled: true }), NOBODY);
      await assert.rejects(store.remove('anna'), NOBODY);
      await assert.rejects(store.setPasswordHash('anna', ''), NOBODY);
      await assert.rejects(store.setTotpSecret('anna', 'A'), NOBODY);
      await assert.rejects(store.addToken(tokenOf('anna', '1')), NOBODY);
      await store.recordTotpStep('anna', 1);
      await store.recordLogin('anna');
      await store.setLock('anna', new Date());
      await store.recordTokenUse('1');
      assert.deepEqual(await store.list(), []);
    },
  ],
  [
    'a login is noted',
    async (store) => {
      await store.add(ANNA, 'hash');
      await store.recordLogin('anna');
      assert.ok((await store.find('anna'))?.lastLoginAt);
    },
  ],
];
