import type { Expiring } from '../expiry/expiring.ts';
import type { AddressedExpiry } from './due.ts';

/** Who is told of something that expires, and what they can do; undefined where nobody is named. */
export function addressed(expiring: Expiring, administrators: readonly string[]): AddressedExpiry | undefined {
  const { what, expires } = expiring;
  if (what === 'certificate') {
    const of = expiring.certificate.fingerprint;
    const advice = 'Renew it, and reload the server.';
    return administrators.length === 0 ? undefined : { what, of, expires, to: administrators, advice };
  }
  const { name, email, passwordChange } = expiring.account;
  if (email === undefined) return undefined;
  const operator = 'Ask the operator of the server';
  const ofPassword =
    passwordChange === 'allowed'
      ? 'Set another one before, by SITE PSWD or "lockport password".'
      : `${operator} for another one.`;
  const advice = what === 'account' ? `${operator} if you need it longer.` : ofPassword;
  return { what, of: name, expires, to: [email], advice };
}
