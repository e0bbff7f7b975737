import { z } from 'zod';
import { type OwnSettings, readGroupSettings, readOwnSettings, type StoredAccounts } from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import { differences, type FieldChange, type ResolvedAccounts } from './plan.ts';

/** Its key in the database's `meta`. */
const APPLIED = 'applied-accounts';

/** Remembers what was applied, without passwords. */
export async function noteApplied(meta: Database['meta'], { accounts, groups }: ResolvedAccounts): Promise<void> {
  const own = Object.fromEntries([...accounts].map(([name, { own }]) => [name, own]));
  await meta.set(APPLIED, JSON.stringify({ at: new Date(), accounts: own, groups: Object.fromEntries(groups) }));
}

/** What was changed by hand since the last apply. */
export interface Drift {
  readonly since: Date;
  readonly changes: readonly DriftedChange[];
}

interface DriftedChange {
  readonly of: 'account' | 'group';
  readonly name: string;
  /** Undefined: it was removed. */
  readonly fields: readonly FieldChange[] | undefined;
}

/** Undefined where nothing was ever applied. */
export function accountsDrift(meta: Database['meta'], stored: StoredAccounts): Drift | undefined {
  const text = meta.get(APPLIED);
  if (text === undefined) return undefined;
  const { at, accounts, groups } = RECORD.parse(JSON.parse(text));
  return {
    since: new Date(at),
    changes: [
      ...drifted(
        'group',
        Object.entries(groups).map(([name, json]) => [name, readGroupSettings(json)] as const),
        (name) => stored.groups.get(name),
      ),
      ...drifted(
        'account',
        Object.entries(accounts).map(([name, json]) => [name, readOwnSettings(json)] as const),
        (name) => stored.accounts.get(name)?.own,
      ),
    ],
  };
}

const RECORD = z.object({
  at: z.string(),
  accounts: z.record(z.string(), z.unknown()),
  groups: z.record(z.string(), z.unknown()),
});

function drifted(
  of: 'account' | 'group',
  applied: readonly (readonly [name: string, settings: OwnSettings])[],
  storedOf: (name: string) => OwnSettings | undefined,
): readonly DriftedChange[] {
  return applied.flatMap(([name, settings]) => {
    const now = storedOf(name);
    const fields = now && differences(settings, now);
    return fields?.length === 0 ? [] : [{ of, name, fields }];
  });
}
