import type { Account, Credentials, DecidingRule, Refusal } from '../core/index.ts';
import { field, WRONG } from './account-rules.ts';
import type { StoredTotp, TotpCodes } from './totp-codes.ts';

/** What was given as a password, read as one with a code behind it. */
export interface PasswordWithCode {
  readonly password: string;
  readonly code: string;
}

/** Clients that know nothing but a password send the code behind it; undefined where that can't be one. */
export function passwordWithCode(given: string): PasswordWithCode | undefined {
  const match = /^(.+)(\d{6})$/s.exec(given);
  return match?.[1] !== undefined && match[2] !== undefined ? { password: match[1], code: match[2] } : undefined;
}

/** Whether a login by these credentials needs a code: a certificate, or a key, may be enough without one. */
function isCodeNeeded({ secondFactor }: Account, { kind }: Credentials, totp: StoredTotp | undefined): boolean {
  return secondFactor === 'always' || (kind === 'password' && totp !== undefined);
}

/** What holds against a login whose password, key or certificate is right. */
export async function refusalOfFactor(
  account: Account,
  credentials: Credentials,
  totp: StoredTotp | undefined,
  codes: TotpCodes | undefined,
): Promise<Refusal | undefined> {
  if (!isCodeNeeded(account, credentials, totp)) return undefined;
  // Without anything that takes codes none is right.
  if (!totp || !codes) return NO_AUTHENTICATOR;
  if (credentials.code === undefined) return CODE_MISSING;
  return (await codes.take(account.name, totp, credentials.code)) ? undefined : WRONG_CODE;
}

const RULE: DecidingRule = field('secondFactor');

export const NO_AUTHENTICATOR: Refusal = {
  ...WRONG,
  detail: 'it needs a second factor, and has no authenticator (user totp)',
  rule: RULE,
};
const CODE_MISSING: Refusal = {
  refused: 'code-missing',
  message: 'The code of the authenticator must follow',
  detail: 'no code of its authenticator followed',
  rule: RULE,
};
export const CODES_LOCKED: Refusal = { ...WRONG, detail: 'no code is taken after too many wrong ones', rule: RULE };
const WRONG_CODE: Refusal = { ...WRONG, detail: 'wrong code, or one that was used', rule: RULE };
