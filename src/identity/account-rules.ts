import {
  type Account,
  type DecidingRule,
  isKeyOfLine,
  optionsOfLine,
  type Peer,
  type PublicKey,
  type Refusal,
  refusalByOptions,
} from '../core/index.ts';
import { isAllowed } from './address.ts';

export const WRONG: Refusal = { refused: 'credentials', message: 'Wrong user name or password' };

/** The refusal that the account's own rules give a peer with a valid credential. */
export function refusalOf(account: Account, { address, accounts }: Peer, key?: PublicKey): Refusal | undefined {
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
  if (account.keyUse === 'with-password' && !(key && account.authorizedKeys.some((line) => isKeyOfLine(key, line)))) {
    return { ...WRONG, detail: 'not both: it needs one of its keys beside the password', rule: field('keyUse') };
  }
  return key && refusalOfKey(account, key, address);
}

/** A key is right, and not enough. */
export const PASSWORD_MISSING: Refusal = {
  refused: 'password-missing',
  message: 'The password must follow',
  detail: 'its password did not follow its key',
  rule: field('keyUse'),
};

/** What the options of a key refuse. Where two lines have it, each is enough. */
function refusalOfKey({ authorizedKeys }: Account, key: PublicKey, address: string): Refusal | undefined {
  const lines = authorizedKeys.filter((line) => isKeyOfLine(key, line));
  const refusals = lines.map((line) => refusalByOptions(optionsOfLine(line), address));
  const [refused] = refusals;
  if (refused === undefined || refusals.includes(undefined)) return undefined;
  const rule = field('authorizedKeys');
  return refused === 'expired'
    ? { refused, message: 'This key has expired', detail: 'the key has expired (expiry-time)', rule }
    : {
        refused,
        message: 'This key may not be used from your address',
        detail: 'the key may not be used from there (from)',
        rule,
      };
}

/** The rule that is a field of the account. */
export function field(place: string): DecidingRule {
  return { kind: 'field', place };
}
