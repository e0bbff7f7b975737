import { type Account, type AccountSettings, initialSettings, RIGHTS, ROOT } from '../core/index.ts';

/** An account that sees the whole storage and may do everything there, but for what `overrides` says. */
export function account(name: string, overrides: Partial<AccountSettings> = {}): Account {
  return {
    ...(initialSettings() as Account),
    name,
    home: ROOT,
    rights: [{ path: ROOT, rights: RIGHTS }],
    ...overrides,
  };
}
