import { type Account, effectiveAccount, type GroupSettings, type NewAccount } from '../core/index.ts';

/** An account that is not stored yet, with what its groups give. @throws FieldError where it can't be one */
export function plannedAccount({ name, ...own }: NewAccount, groups: ReadonlyMap<string, GroupSettings>): Account {
  const named = (own.groups ?? []).map((group) => ({ name: group, settings: groups.get(group) ?? {} }));
  return effectiveAccount(name, own, named).account;
}
