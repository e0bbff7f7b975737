import {
  type AccountRevision,
  fieldValue,
  type GroupSettings,
  type NewAccount,
  type OwnSettings,
  PLACED_FIELDS,
  type StoredAccounts,
} from '../../core/index.ts';
import type { DesiredAccounts, Section } from './accounts-file.ts';

/** What is to be stored. A hash of undefined leaves the password as it is; a new account then has none. */
export interface ResolvedAccounts {
  readonly accounts: ReadonlyMap<string, { readonly own: OwnSettings; readonly passwordHash: string | undefined }>;
  readonly groups: ReadonlyMap<string, GroupSettings>;
  readonly sections: DesiredAccounts['sections'];
}

/** One account or group that a plan changes. */
export interface PlannedChange {
  readonly of: 'account' | 'group';
  readonly name: string;
  readonly action: 'added' | 'changed' | 'removed';
  readonly fields: readonly FieldChange[];
  /** Of accounts: whether it gets another password, or, where it is new, has one at all. */
  readonly password?: 'set' | 'none';
}

/** One field, as it is stored and as it is to be. Undefined: inherited, or the initial value. */
export interface FieldChange {
  /** `quota.bytes` */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface AccountsPlan {
  readonly changes: readonly PlannedChange[];
  /** In the order in which they are to be made. */
  readonly revisions: readonly AccountRevision[];
  /** What is stored and not in the file, and stays. */
  readonly unmentioned: { readonly accounts: readonly string[]; readonly groups: readonly string[] };
}

export interface PlanOptions {
  /** Whether what the file does not have is removed. */
  readonly prune: boolean;
  /** As in `PasswordChange`. */
  readonly keepEarlier: number;
  /** As in `PasswordChange`. */
  readonly mustChange?: boolean;
}

/** The difference between what is stored and what is to be. */
export function planAccounts(stored: StoredAccounts, wanted: ResolvedAccounts, options: PlanOptions): AccountsPlan {
  const without = <Value>(has: ReadonlyMap<string, Value>, wants: ReadonlyMap<string, unknown>) =>
    [...has].filter(([name]) => !wants.has(name));
  const lostAccounts = without(stored.accounts, wanted.accounts);
  const lostGroups = without(stored.groups, wanted.groups);
  const groups = [...wanted.groups].flatMap(([name, settings]) => groupPlan(name, stored.groups.get(name), settings));
  const accounts = [...wanted.accounts].flatMap(([name, { own, passwordHash }]) =>
    accountPlan({ name, ...own }, passwordHash, stored.accounts.get(name), options),
  );
  const prunes = (section: Section) => options.prune && wanted.sections.has(section);
  const removed = [
    ...(prunes('accounts') ? lostAccounts : []).map(([name, { own }]) => ({
      change: { of: 'account', name, action: 'removed', fields: differences(own, {}) } as const,
      revisions: [{ change: 'account-removed', name }] as const,
    })),
    ...(prunes('groups') ? lostGroups : []).map(([name, settings]) => ({
      change: { of: 'group', name, action: 'removed', fields: differences(settings, {}) } as const,
      revisions: [{ change: 'group-removed', name }] as const,
    })),
  ];
  // Groups are there before accounts are put into them, and go when nobody is in them any more.
  const parts: readonly Part[] = [...groups, ...accounts, ...removed];
  return {
    changes: parts.map(({ change }) => change),
    revisions: parts.flatMap(({ revisions }) => revisions),
    unmentioned: {
      accounts: prunes('accounts') ? [] : lostAccounts.map(([name]) => name),
      groups: prunes('groups') ? [] : lostGroups.map(([name]) => name),
    },
  };
}

/** The fields whose values differ, in the order of the table of fields. */
export function differences(before: OwnSettings, after: OwnSettings): readonly FieldChange[] {
  return PLACED_FIELDS.flatMap(({ place }) => {
    const [had, has] = [fieldValue(before, place), fieldValue(after, place)];
    return JSON.stringify(had) === JSON.stringify(has) ? [] : [{ field: place.join('.'), before: had, after: has }];
  });
}

interface Part {
  readonly change: PlannedChange;
  readonly revisions: readonly AccountRevision[];
}

function groupPlan(name: string, before: GroupSettings | undefined, settings: GroupSettings): readonly Part[] {
  const fields = differences(before ?? {}, settings);
  if (!before) {
    return [
      {
        change: { of: 'group', name, action: 'added', fields },
        revisions: [{ change: 'group-added', name, settings }],
      },
    ];
  }
  if (fields.length === 0) return [];
  const changes = wholeParts(fields, settings);
  return [
    {
      change: { of: 'group', name, action: 'changed', fields },
      revisions: [{ change: 'group-changed', name, changes }],
    },
  ];
}

function accountPlan(
  account: NewAccount,
  passwordHash: string | undefined,
  before: { readonly own: OwnSettings; readonly passwordHash: string } | undefined,
  { keepEarlier, mustChange = false }: PlanOptions,
): readonly Part[] {
  const { name, ...own } = account;
  const fields = differences(before?.own ?? {}, own);
  if (!before) {
    const password = passwordHash ? 'set' : 'none';
    const revisions = [{ change: 'account-added', account, passwordHash: passwordHash ?? '', mustChange }] as const;
    return [{ change: { of: 'account', name, action: 'added', fields, password }, revisions }];
  }
  const isSet = passwordHash !== undefined && passwordHash !== before.passwordHash;
  if (fields.length === 0 && !isSet) return [];
  const revisions: AccountRevision[] = [];
  if (fields.length > 0) revisions.push({ change: 'account-changed', name, changes: wholeParts(fields, own) });
  if (isSet) revisions.push({ change: 'password-set', name, passwordHash, keepEarlier, mustChange });
  const password = passwordHash === '' ? 'none' : 'set';
  return [{ change: { of: 'account', name, action: 'changed', fields, ...(isSet && { password }) }, revisions }];
}

/** The store changes whole sections. What is undefined in them is inherited from then on. */
function wholeParts(fields: readonly FieldChange[], settings: OwnSettings): Readonly<Record<string, undefined>> {
  const names = new Set(fields.map(({ field }) => field.split('.', 1)[0] ?? ''));
  return Object.fromEntries([...names].map((name) => [name, fieldValue(settings, [name]) as undefined]));
}
