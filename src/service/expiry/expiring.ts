import { setImmediate } from 'node:timers/promises';
import type { Account, AccountRecord, AccountStore } from '../../core/index.ts';
import { type CertificateIdentity, identify } from '../certificate/index.ts';
import { type PasswordRules, passwordExpiry } from '../password-rules.ts';
import { readable } from '../policy/accounts.ts';

/** Accounts that are read before others get their turn on this thread. */
const AT_ONCE = 50;

/** Something that has an end: the one source for all who tell of it. */
export type Expiring = ExpiringOfAccount | ExpiringCertificate;

export interface ExpiringOfAccount {
  readonly what: 'account' | 'password';
  readonly account: Account;
  readonly expires: Date;
}

export interface ExpiringCertificate {
  readonly what: 'certificate';
  readonly certificate: CertificateIdentity;
  readonly expires: Date;
}

/** What expires of the accounts that can sign in, account by account. */
export async function* expiringAccounts(
  accounts: Pick<AccountStore, 'names' | 'find'>,
  rules: () => PasswordRules,
): AsyncGenerator<ExpiringOfAccount> {
  for (const [index, name] of (await accounts.names()).entries()) {
    if (index % AT_ONCE === 0) await setImmediate();
    // Nobody signs in by an account that can't be read.
    const record = await readable(accounts.find(name));
    if (record) yield* expiringOf(record, rules());
  }
}

/** Of the certificates that clients see. */
export function expiringCertificates(pems: readonly string[]): readonly ExpiringCertificate[] {
  return pems.map((pem) => {
    const certificate = identify(pem);
    return { what: 'certificate', certificate, expires: certificate.validTo };
  });
}

function expiringOf(record: AccountRecord, rules: PasswordRules): readonly ExpiringOfAccount[] {
  const { account } = record;
  const { expires, disabled } = account;
  if (disabled) return [];
  const password = passwordExpiry(rules, record);
  return [
    ...(expires ? [{ what: 'account', account, expires } as const] : []),
    ...(password ? [{ what: 'password', account, expires: password } as const] : []),
  ];
}
