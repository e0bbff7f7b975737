import {
  type EffectiveAccount,
  effectiveAccount,
  type GroupSettings,
  type OwnSettings,
  readGroupSettings,
  readOwnSettings,
  whatIsTakenAway,
} from './account/index.ts';
import { isAccountName, isGroupName } from './account-name.ts';
import type { AccountChanges, NewAccount } from './account-revision.ts';
import { AccountStoreError, type AccountStoreErrorCode } from './account-store.ts';
import { noSuchGroup } from './account-store-failures.ts';

/**
 * Writes what an account says itself as JSON for a store, and refuses what could not be read back, and a name that no
 * account can have. A store that keeps this text needs no change for a new field.
 * @throws AccountStoreError `invalid-account`
 */
export function accountDocument({ name, ...own }: NewAccount): string {
  if (!isAccountName(name)) {
    throw new AccountStoreError('invalid-account', `${JSON.stringify(name)} cannot be the name of an account`);
  }
  const text = textOf(own, 'invalid-account', `Account ${name}`);
  readAccountDocument(name, text);
  return text;
}

/** @throws AccountStoreError `invalid-account` that says what is wrong where */
export function readAccountDocument(name: string, text: string): OwnSettings {
  return reading('invalid-account', `Account ${name}`, () => readOwnSettings(JSON.parse(text)));
}

/** As `accountDocument`, of a group. @throws AccountStoreError `invalid-group` */
export function groupDocument(name: string, settings: GroupSettings): string {
  if (!isGroupName(name)) {
    throw new AccountStoreError('invalid-group', `${JSON.stringify(name)} cannot be the name of a group`);
  }
  const text = textOf(settings, 'invalid-group', `Group ${name}`);
  readGroupDocument(name, text);
  return text;
}

/** @throws AccountStoreError `invalid-group` that says what is wrong where */
export function readGroupDocument(name: string, text: string): GroupSettings {
  return reading('invalid-group', `Group ${name}`, () => readGroupSettings(JSON.parse(text)));
}

/**
 * The account that its document and those of its groups make.
 * @param documentOf the document of a group; undefined where there is none of the name
 * @throws AccountStoreError `invalid-account`, also where a group of it is missing or can't be read
 */
export function readAccount(
  name: string,
  text: string,
  documentOf: (group: string) => string | undefined,
): EffectiveAccount {
  const own = readAccountDocument(name, text);
  return reading('invalid-account', `Account ${name}`, () => {
    const groups = (own.groups ?? []).map((group) => {
      const document = documentOf(group);
      if (document === undefined) throw new Error(`there is no group ${group}, which it is in`);
      return { name: group, settings: readGroupDocument(group, document) };
    });
    return effectiveAccount(name, own, groups);
  });
}

/**
 * The account that is to be stored, with its groups.
 * @throws AccountStoreError `invalid-account`, `no-such-group`
 */
export function checkedAccount(
  account: NewAccount,
  documentOf: (group: string) => string | undefined,
): EffectiveAccount {
  const document = accountDocument(account);
  const missing = account.groups?.find((group) => documentOf(group) === undefined);
  if (missing !== undefined) throw noSuchGroup(missing);
  return readAccount(account.name, document, documentOf);
}

/**
 * What a change of an account makes of its document, and why its sessions end by it. One that can't be read, for its groups
 * are missing, may be changed all the same: it can be disabled, or get other groups.
 * @throws AccountStoreError `invalid-account`, `no-such-group`
 */
export function changedAccount(
  name: string,
  document: string,
  changes: AccountChanges,
  documentOf: (group: string) => string | undefined,
): { readonly document: string; readonly ends: string | undefined } {
  const account = { ...readAccountDocument(name, document), ...changes, name } as NewAccount;
  const before = ifReadable(() => readAccount(name, document, documentOf).account);
  const changed = accountDocument(account);
  const after =
    before || 'groups' in changes
      ? checkedAccount(account, documentOf).account
      : ifReadable(() => readAccount(name, changed, documentOf).account);
  return { document: changed, ends: whatIsTakenAway(before, after) };
}

/** What `read` gives; undefined for an account that can't be read. */
export function ifReadable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AccountStoreError && error.code === 'invalid-account') return undefined;
    throw error;
  }
}

/** JSON has null for a number or a date that is none, which would read as an explicit "none". */
function textOf(settings: OwnSettings, code: AccountStoreErrorCode, what: string): string {
  return JSON.stringify(settings, function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
    const given = this[key];
    const isLost = (value === null && given !== null) || (typeof value === 'number' && !Number.isFinite(value));
    if (isLost) throw new AccountStoreError(code, `${what}: ${key}: expected a value that exists`);
    return value;
  });
}

function reading<Value>(code: AccountStoreErrorCode, what: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AccountStoreError(code, `${what}: ${reason}`, { cause });
  }
}
