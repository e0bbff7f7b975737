import { type Account, RIGHTS, ROOT } from '../core/index.ts';

/** An account that sees the whole storage and may do everything there, but for what `overrides` says. */
export function account(name: string, overrides: Partial<Omit<Account, 'name'>> = {}): Account {
  return {
    name,
    home: ROOT,
    rights: [{ path: ROOT, rights: RIGHTS }],
    quota: {},
    rate: {},
    allowedAddresses: [],
    disabled: false,
    certificate: { use: 'none', fingerprints: [] },
    ...overrides,
  };
}
