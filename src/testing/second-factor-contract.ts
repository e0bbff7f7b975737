import assert from 'node:assert/strict';
import { type AccountStore, type NewAccount, ROOT } from '../core/index.ts';

const ALICE: NewAccount = { name: 'alice', home: ROOT, rights: [] };

/** The second factor of an account. */
export const SECOND_FACTOR_CASES: readonly (readonly [string, (accounts: AccountStore) => Promise<void>])[] = [
  [
    'a second factor is set, replaced and taken away, and each of these ends sessions',
    async (accounts) => {
      const stored = async () => {
        const record = await accounts.find('alice');
        return [record?.totpSecret, record?.totpStep];
      };
      await accounts.add(ALICE, 'hash');
      assert.deepEqual(await stored(), [undefined, undefined]);
      await accounts.setTotpSecret('alice', 'FIRST');
      await accounts.recordTotpStep('alice', 7);
      assert.deepEqual(await stored(), ['FIRST', 7]);
      await accounts.setTotpSecret('alice', 'SECOND');
      assert.deepEqual(await stored(), ['SECOND', undefined]);
      await accounts.setTotpSecret('alice', undefined);
      assert.deepEqual(await stored(), [undefined, undefined]);
      const ends = (await accounts.notices.after(0)).map(({ account, ends }) => `${account}: ${ends}`);
      assert.deepEqual(
        ends,
        Array.from({ length: 3 }, () => 'alice: second factor changed'),
      );
      await accounts.setTotpSecret('alice', 'THIRD', { keepSessions: true });
      assert.equal((await accounts.notices.after(0)).length, 3);
      await assert.rejects(accounts.setTotpSecret('nobody', 'X'), { code: 'no-such-account' });
    },
  ],
  [
    'the step of a code never goes back, and another password leaves the second factor as it is',
    async (accounts) => {
      await accounts.add(ALICE, 'hash');
      await accounts.setTotpSecret('alice', 'SECRET');
      await accounts.recordTotpStep('alice', 9);
      await accounts.recordTotpStep('alice', 8);
      await accounts.recordTotpStep('nobody', 8);
      await accounts.setPasswordHash('alice', 'another');
      await accounts.update('alice', { disabled: true });
      const record = await accounts.find('alice');
      assert.deepEqual([record?.totpSecret, record?.totpStep], ['SECRET', 9]);
      assert.ok(!JSON.stringify(record?.account).includes('SECRET'));
    },
  ],
];
