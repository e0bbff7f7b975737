import { setImmediate } from 'node:timers/promises';
import type { AccountRecord, AccountStore } from '../../core/index.ts';
import { identify } from '../certificate/index.ts';
import { type PasswordRules, passwordExpiry } from '../password-rules.ts';
import { readable } from '../policy/accounts.ts';
import type { Expiring } from './due.ts';

/** Accounts that are read before others get their turn on this thread. */
const AT_ONCE = 50;

/** What expires of the accounts whose holders have an e-mail address, account by account. */
export async function* expiringAccounts(accounts: AccountStore, rules: () => PasswordRules): AsyncGenerator<Expiring> {
  for (const [index, name] of (await accounts.names()).entries()) {
    if (index % AT_ONCE === 0) await setImmediate();
    // Nobody signs in by an account that can't be read.
    const record = await readable(accounts.find(name));
    if (record) yield* expiringOf(record, rules());
  }
}

/** Of the certificates that clients see, for administrators. */
export function expiringCertificates(pems: readonly string[], to: readonly string[]): readonly Expiring[] {
  if (to.length === 0) return [];
  const advice = 'Renew it, and reload the server.';
  return pems.map((pem) => {
    const { fingerprint, validTo } = identify(pem);
    return { what: 'certificate', of: fingerprint, expires: validTo, to, advice };
  });
}

function expiringOf(record: AccountRecord, rules: PasswordRules): readonly Expiring[] {
  const { name, email, expires, disabled, passwordChange } = record.account;
  if (email === undefined || disabled) return [];
  const password = passwordExpiry(rules, record);
  const own = 'Set another one before, by SITE PSWD or "lockport password".';
  const operator = 'Ask the operator of the server';
  const about = { of: name, to: [email] };
  return [
    ...(expires ? [{ ...about, what: 'account', expires, advice: `${operator} if you need it longer.` } as const] : []),
    ...(password
      ? [
          {
            ...about,
            what: 'password',
            expires: password,
            advice: passwordChange === 'allowed' ? own : `${operator} for another one.`,
          } as const,
        ]
      : []),
  ];
}
