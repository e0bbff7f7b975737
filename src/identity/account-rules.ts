import type { Account, DecidingRule, Peer, Refusal } from '../core/index.ts';
import { isAllowed } from './address.ts';

export const WRONG: Refusal = { refused: 'credentials', message: 'Wrong user name or password' };

/** The refusal that the account's own rules give a peer with a valid credential. */
export function refusalOf(account: Account, { address, accounts }: Peer): Refusal | undefined {
  if (account.disabled) return { ...WRONG, detail: 'disabled', rule: field('disabled') };
  if (account.expires && account.expires.getTime() <= Date.now()) {
    return { refused: 'expired', message: 'This account has expired', rule: field('expires') };
  }
  if (!isAllowed(address, account.allowedAddresses)) {
    const message = 'This account may not be used from your address';
    return { refused: 'address', message, rule: field('allowedAddresses') };
  }
  if (accounts?.has(account.name) === false) {
    const message = 'This account may not sign in at this port';
    const rule = { kind: 'setting', key: 'accounts' } as const;
    return { refused: 'address', message, detail: 'the listener is for other accounts', rule };
  }
  return undefined;
}

/** The rule that is a field of the account. */
export function field(place: string): DecidingRule {
  return { kind: 'field', place };
}
