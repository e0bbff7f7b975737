import {
  type AccountRecord,
  type AccountRevision,
  type AccountStore,
  AccountStoreError,
  fieldValue,
  type OwnSettings,
  printable,
} from '../../core/index.ts';
import { type AccountDemand, POLICIES, type PolicyName, type StateDemand } from './demands.ts';

/** A value of an account or a group that is weaker than a policy demands. */
export interface WeakerField {
  readonly demand: AccountDemand;
  readonly value: unknown;
}

/** What an account or a group itself says, and should not. */
export function weakerFields(policy: PolicyName, own: OwnSettings): readonly WeakerField[] {
  return POLICIES[policy].accounts.flatMap((demand) => {
    const value = fieldValue(own, demand.field.split('.'));
    return value === undefined || demand.comparison.holds(value ?? undefined) ? [] : [{ demand, value }];
  });
}

/** The accounts and groups that say something weaker, as `group lab`. Those that can't be read are not among them. */
export async function weakerNames(policy: PolicyName, accounts: AccountStore): Promise<readonly string[]> {
  const weaker: string[] = [];
  const look = (what: string, own: OwnSettings = {}) => {
    if (weakerFields(policy, own).length > 0) weaker.push(what);
  };
  for (const name of await accounts.groups.names()) {
    look(`group ${name}`, (await readable(accounts.groups.find(name)))?.settings);
  }
  for (const name of await accounts.names()) look(`account ${name}`, await readable(accounts.findOwn(name)));
  return weaker;
}

/** Undefined for what can't be read, which nobody signs in by. */
export async function readable<Found>(found: Promise<Found | undefined>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AccountStoreError) return undefined;
    throw error;
  }
}

/**
 * Refuses changes of accounts and groups that a policy does not allow.
 * @throws AccountStoreError `against-policy` that names the field, what it may be and who demands it
 */
export function refuseWeaker(policy: PolicyName): (revision: AccountRevision) => void {
  return (revision) => {
    const [what, settings] = said(revision);
    const [weaker] = weakerFields(policy, settings);
    if (!weaker) return;
    const { field, comparison, clause } = weaker.demand;
    const got = printable(JSON.stringify(weaker.value));
    const message = `${what}: ${field}: expected ${comparison.expected}, got ${got}: the policy ${policy} demands it (${clause})`;
    throw new AccountStoreError('against-policy', message);
  };
}

/** Of a change it is what becomes another value: its type has undefined for what is taken away. */
function said(revision: AccountRevision): readonly [what: string, settings: object] {
  switch (revision.change) {
    case 'account-added':
      return [`Account ${revision.account.name}`, revision.account];
    case 'account-changed':
      return [`Account ${revision.name}`, revision.changes];
    case 'group-added':
      return [`Group ${revision.name}`, revision.settings];
    case 'group-changed':
      return [`Group ${revision.name}`, revision.changes];
    default:
      return ['', {}];
  }
}

/** How a state of an account or an administrator is looked at: what it must be, and what it is where it is not so. */
export interface JudgedState<Judged> {
  readonly expected: string;
  /** What is wrong; undefined where nothing is. */
  readonly find: (record: Judged, now: number) => string | undefined;
}

const NINETY_DAYS = 90 * 86_400_000;
/** MD5-crypt, which some servers that accounts are imported from have. */
const WEAK_HASH = /^\$(?:1|apr1)\$/;

/** What states are judged by: of an account, or of an administrator. */
type SignsIn = Pick<AccountRecord, 'passwordHash' | 'passwordChangedAt' | 'createdAt' | 'lastLoginAt'> & {
  readonly account: { readonly disabled?: boolean };
};

export const ACCOUNT_STATES: { readonly [state in StateDemand['state']]: JudgedState<SignsIn> } = {
  inactive: {
    expected: 'a login within 90 days, or disabled',
    find: ({ account, lastLoginAt, createdAt }, now) => {
      const last = lastLoginAt ?? createdAt;
      if (account.disabled || now - last.getTime() <= NINETY_DAYS) return undefined;
      return lastLoginAt ? `last login ${lastLoginAt.toISOString()}` : `no login since ${createdAt.toISOString()}`;
    },
  },
  'old-password': {
    expected: 'a password of the last 90 days',
    find: ({ account, passwordHash, passwordChangedAt }, now) =>
      account.disabled || passwordHash === '' || now - passwordChangedAt.getTime() <= NINETY_DAYS
        ? undefined
        : `set ${passwordChangedAt.toISOString()}`,
  },
  'weak-hash': {
    expected: 'a password hash that holds against guessing',
    find: ({ passwordHash }) => (WEAK_HASH.test(passwordHash) ? 'MD5-crypt, until its next login' : undefined),
  },
};
