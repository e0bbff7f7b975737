import { createHash } from 'node:crypto';
import { type AccountRecord, effectiveRights, type GroupRecord, type OwnSettings } from '../../core/index.ts';
import { type PasswordRules, passwordExpiry } from '../password-rules.ts';
import type { ShownAccount, ShownGroup } from './account-procedures.ts';

/** An account without its hash and its secret. */
export function shownAccount(record: AccountRecord, rules: PasswordRules): ShownAccount {
  const { account, own, origins, passwordHash, createdAt, updatedAt, passwordChangedAt, lastLoginAt } = record;
  const { name, ...settings } = account;
  const expires = passwordExpiry(rules, record);
  const lockedUntil = record.lockedUntil && record.lockedUntil.getTime() > Date.now() ? record.lockedUntil : undefined;
  return {
    name,
    settings: asJson(settings),
    own: asJson(own),
    origins,
    effectiveRights: effectiveRights(account),
    state: stateOf(record, lockedUntil),
    hasPassword: passwordHash !== '',
    mustChangePassword: record.mustChangePassword,
    hasTotp: record.totpSecret !== undefined,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    passwordChangedAt: passwordChangedAt.toISOString(),
    ...(expires && { passwordExpires: expires.toISOString() }),
    ...(lastLoginAt && { lastLoginAt: lastLoginAt.toISOString() }),
    ...(record.lastLoginTls && { lastLoginTls: record.lastLoginTls }),
    ...(lockedUntil && { lockedUntil: lockedUntil.toISOString() }),
  };
}

export function shownGroup({ name, settings, createdAt, updatedAt }: GroupRecord, members: number): ShownGroup {
  return {
    name,
    settings: asJson(settings),
    members,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** The version of what an account or a group says itself (RFC 9110 section 8.8.3). It changes with it, and with nothing else. */
export function versionOf(settings: OwnSettings): string {
  return `"${createHash('sha256')
    .update(JSON.stringify(sorted(asJson(settings))))
    .digest('base64url')
    .slice(0, 22)}"`;
}

/** Dates as JSON has them. */
export function asJson(value: object): object {
  return JSON.parse(JSON.stringify(value));
}

/** The order of names depends on how settings came to be. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]));
}

function stateOf({ account }: AccountRecord, lockedUntil: Date | undefined): ShownAccount['state'] {
  if (account.disabled) return 'disabled';
  if (lockedUntil) return 'locked';
  return account.expires && account.expires.getTime() <= Date.now() ? 'expired' : 'active';
}
