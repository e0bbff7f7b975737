import type { AdministratorRecord } from '../../core/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { ACCOUNT_STATES, type JudgedState } from './accounts.ts';
import { POLICIES, type StateDemand } from './demands.ts';

const TOTP = 'admin.requireTotp';

/** Who demands a second factor of every administrator; undefined where nobody does. */
export function totpDemand({ admin, policy }: Pick<Configuration, 'admin' | 'policy'>): string | undefined {
  const demand = policy && POLICIES[policy].settings.find(({ setting }) => setting === TOTP);
  if (demand) return `the policy ${policy} demands it (${demand.clause})`;
  return admin.requireTotp ? `the setting ${TOTP} demands it` : undefined;
}

/** What only the state of an administrator shows. Those of accounts that have to do with passwords and logins hold for them, too. */
export const ADMINISTRATOR_STATES: {
  readonly [state in StateDemand['state'] | 'second-factor']: JudgedState<AdministratorRecord>;
} = {
  'second-factor': {
    expected: 'a second factor, or disabled',
    find: ({ disabled, totpSecret }) => (disabled || totpSecret !== undefined ? undefined : 'none'),
  },
  inactive: asAccount('inactive'),
  'old-password': asAccount('old-password'),
  'weak-hash': asAccount('weak-hash'),
};

function asAccount(state: StateDemand['state']): JudgedState<AdministratorRecord> {
  const { expected, find } = ACCOUNT_STATES[state];
  return { expected, find: (record, now) => find({ ...record, account: record }, now) };
}
