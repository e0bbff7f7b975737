import { RIGHTS, ROOT } from '../core/index.ts';
import type { Database } from '../database/index.ts';
import { generatePassword, hashPassword } from '../identity/index.ts';

/** An account with its password, known this once. */
export interface FirstAccount {
  readonly name: string;
  readonly password: string;
}

const NAME = 'admin';
/** Its key in the database's `meta`: whoever removes the first account does not get another one. */
const MADE = 'first-account';

/**
 * Makes the first account when nobody has an account yet, nor ever had the first one. It is one like any other; its home
 * is the whole root.
 * @param mustChange whether its password must be changed before anything else
 */
export async function makeFirstAccount(
  { accounts, meta }: Database,
  mustChange: boolean,
): Promise<FirstAccount | undefined> {
  const names = await accounts.names();
  if (names.length > 0 || meta.get(MADE) !== undefined) return undefined;
  const password = generatePassword();
  const rights = [{ path: ROOT, rights: RIGHTS }];
  await accounts.add({ name: NAME, home: ROOT, rights }, await hashPassword(password), { mustChange });
  await meta.set(MADE, NAME);
  return { name: NAME, password };
}
