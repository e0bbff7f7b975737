import {
  type Account,
  type Authenticator,
  type Credentials,
  type DecidingRule,
  isAccountName,
  isKeyOfLine,
  type Peer,
  type PublicKey,
  type Refusal,
} from '../core/index.ts';
import type { AccountLock } from './account-lock.ts';
import { needsRehash } from './password.ts';
import type { PasswordChecker } from './password-checker.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { CODES_LOCKED, NO_AUTHENTICATOR, passwordWithCode, refusalOfFactor } from './second-factor.ts';
import type { StoredTotp, TotpCodes } from './totp-codes.ts';

/** An account as it is needed to check who signs in. */
interface FoundAccount {
  readonly account: Account;
  readonly passwordHash: string;
  /** Until then every password is refused like a wrong one. */
  readonly lockedUntil?: Date;
  /** From then on the right password opens nothing until it is changed. */
  readonly passwordExpires?: Date;
  /** The same, at once. */
  readonly mustChangePassword?: boolean;
  /** Its second factor. */
  readonly totp?: StoredTotp;
}

/** How the holder of an account sets another password. */
interface OwnPasswords {
  /** What it must be; asked at each change. */
  readonly policy: () => PasswordPolicy;
  /** Hashes of passwords before the present one, the newest first. */
  readonly earlierHashes: (account: string) => Promise<readonly string[]>;
  /** Stores it in place of the one with the hash `from`. Gives false where the account has another one by now. */
  readonly replace: (account: string, from: string, to: string) => Promise<boolean>;
}

/** Looks up an account. It is asked anew at each login, and only for names that an account can have. */
export type FindAccount = (user: string) => Promise<FoundAccount | undefined>;

export interface PasswordAuthenticatorOptions {
  /** Counts wrong passwords, where accounts are locked after too many. */
  readonly lock?: AccountLock;
  /** The same, of wrong codes behind keys and certificates: whoever guesses passwords locks out nobody who shows a key. */
  readonly codeLock?: AccountLock;
  /** Takes the codes of second factors. Absent: who needs one can't sign in. */
  readonly codes?: TotpCodes;
  /**
   * Stores the hash of the same password in its place, unless the account has another one by now. Called after an admitted
   * login whose hash another server made, or was made at a lower cost.
   */
  readonly replaceHash?: (account: string, from: string, to: string) => Promise<void>;
  /** Absent: nobody sets a password but the operator. */
  readonly own?: OwnPasswords;
}

/**
 * The stock authenticator: passwords, client certificates, or both, as the account's `certificate.use` says, and the
 * account's public keys, each of which is enough by itself. It does the same work for every password that it refuses,
 * whoever it is for. An empty `passwordHash` is no password: none is right. A lock is one of passwords alone: who signs in
 * by a certificate or a key can't be locked out by those who guess. The code of a second factor may stand behind the password.
 */
export function passwordAuthenticator(
  find: FindAccount,
  checker: PasswordChecker,
  { lock, codeLock, codes, replaceHash, own }: PasswordAuthenticatorOptions = {},
): Authenticator {
  const lookUp = async (user: string) => (isAccountName(user) ? find(user) : undefined);
  /** The accounts of which somebody has proved the password. */
  const proven = new WeakMap<Account, FoundAccount>();
  /** The second factors of accounts of which somebody has proved anything. */
  const factors = new WeakMap<Account, StoredTotp>();
  /** Those whose password came with a code behind it. */
  const withCode = new WeakSet<Account>();
  const known = ({ account, totp }: FoundAccount): Account => {
    if (totp) factors.set(account, totp);
    return account;
  };
  const understood = (account: Account, credentials: Credentials): Credentials =>
    credentials.kind === 'password' && credentials.code === undefined && withCode.has(account)
      ? { ...credentials, ...passwordWithCode(credentials.password) }
      : credentials;

  /** As many hashes for each password that is refused, whoever it is for, and whichever part of it is wrong. */
  async function check(
    { password, code }: Extract<Credentials, { readonly kind: 'password' }>,
    found: FoundAccount | undefined,
    mayRemember: boolean,
  ): Promise<boolean | Refusal> {
    const split = code === undefined ? passwordWithCode(password) : undefined;
    const hasFactor = found?.totp !== undefined;
    // Where a wrong code stands behind a right password, that must take as long as a wrong one.
    const isWhole = await checker.check(password, found?.passwordHash, mayRemember && !(split && hasFactor));
    if (!split || typeof isWhole !== 'boolean' || (isWhole && !hasFactor)) return isWhole;
    const isPart = await checker.check(split.password, found?.passwordHash);
    if (typeof isPart !== 'boolean') return isPart;
    if (found && hasFactor && isPart) withCode.add(found.account);
    else if (found) withCode.delete(found.account);
    return isWhole || (isPart && hasFactor);
  }

  const changesOwn = ({ passwordChange }: Account) => own !== undefined && passwordChange === 'allowed';
  return {
    passwordDue(account) {
      const { passwordExpires, mustChangePassword = false } = proven.get(account) ?? {};
      if (isPast(passwordExpires)) return changesOwn(account) ? DUE_BY_AGE : PASSWORD_EXPIRED;
      if (!mustChangePassword) return undefined;
      return changesOwn(account) ? DUE_BY_OPERATOR : PASSWORD_EXPIRED;
    },

    async changePassword(account, password) {
      const from = proven.get(account)?.passwordHash;
      if (!own || from === undefined || !changesOwn(account)) return NOT_YOURS;
      const policy = own.policy();
      const hashes = [from, ...(await own.earlierHashes(account.name))];
      // The present one is no new password, whatever the policy remembers.
      const check = {
        password,
        policy: { ...policy, history: Math.max(1, policy.history) },
        account: account.name,
        hashes,
      };
      const refusal = await checker.policyRefusal(check);
      if (typeof refusal === 'object') return refusal;
      if (refusal !== undefined)
        return { refused: 'new-password', message: refusal, detail: 'against the rules of passwords' };
      const to = await checker.hash(password);
      if (to === undefined)
        return { refused: 'unavailable', message: 'Too many logins at once; try again in a moment' };
      return (await own.replace(account.name, from, to)) ? undefined : CHANGED_MEANWHILE;
    },

    async admitted(account, credentials) {
      const from = proven.get(account)?.passwordHash;
      if (from === undefined || !needsRehash(from) || credentials.kind !== 'password') return;
      const { password } = { ...credentials, ...understood(account, credentials) };
      const to = await checker.hash(password);
      // Too many wait: the next login does it.
      if (to !== undefined) await replaceHash?.(account.name, from, to);
    },

    async secondFactor(account, credentials) {
      const totp = factors.get(account);
      const given = understood(account, credentials);
      const counting = given.kind === 'password' ? lock : codeLock;
      if (given.code !== undefined && counting?.isLocking(account.name)) return CODES_LOCKED;
      const refusal = await refusalOfFactor(account, given, totp, codes);
      if (!totp || given.code === undefined) return refusal;
      // What comes before it may be known to others by now, and codes can be tried: so they count as wrong passwords do.
      if (refusal) counting?.failed(account.name);
      else counting?.succeeded(account.name);
      return refusal;
    },

    async findByKey(user, key) {
      const account = (await lookUp(user))?.account;
      return account && ownsKey(account, key) ? account : undefined;
    },

    async judge(user, peer) {
      const found = await lookUp(user);
      if (!found) return UNKNOWN;
      const { account, passwordHash } = found;
      if (account.secondFactor === 'always' && !found.totp) return NO_AUTHENTICATOR;
      if (peer.tls?.clientCertificate && !refusalOfCertificate(account, peer)) return account;
      if (passwordHash === '') return NO_PASSWORD;
      if (isLocked(found, lock)) return LOCKED;
      if (lacksCertificateBeside(account, peer)) return NOT_ITS_CERTIFICATE;
      proven.set(account, found);
      return account;
    },

    async authenticate(user, credentials, peer) {
      const found = await lookUp(user);
      if (credentials.kind === 'public-key') {
        if (!found) return UNKNOWN;
        return ownsKey(found.account, credentials.key) ? known(found) : wrong('not a key of the account');
      }
      if (credentials.kind === 'certificate') {
        if (!found) return UNKNOWN;
        return refusalOfCertificate(found.account, peer) ?? known(found);
      }
      const lacksCertificate = found !== undefined && lacksCertificateBeside(found.account, peer);
      // Where the right password is refused like a wrong one, it must take as long.
      const lacksKey =
        found?.account.keyUse === 'with-password' && !(credentials.key && ownsKey(found.account, credentials.key));
      const lacksFactor = found?.account.secondFactor === 'always' && !found.totp;
      const mayRemember =
        found !== undefined &&
        !lacksCertificate &&
        !lacksKey &&
        !lacksFactor &&
        !found.account.disabled &&
        !isLocked(found, lock);
      const verdict = await check(credentials, found, mayRemember);
      if (typeof verdict !== 'boolean') return verdict;
      if (!found) return UNKNOWN;
      if (!verdict) {
        if (!isLocked(found, lock)) lock?.failed(user);
        return wrong('wrong password');
      }
      // Others may have guessed meanwhile: the lock counts that holds now, not the one from before the check.
      const now = lock ? await lookUp(user) : found;
      if (isLocked(now, lock)) return LOCKED;
      // Where a code has to follow, whoever guesses it must not start over by the password.
      if (!found.totp) lock?.succeeded(user);
      if (lacksCertificate) return NOT_ITS_CERTIFICATE;
      proven.set(found.account, found);
      return known(found);
    },
  };
}

const DUE_BY_AGE: Refusal = {
  refused: 'password-due',
  message: 'The password has expired: set another one now',
  detail: 'the password has expired, and is to be changed first',
  rule: { kind: 'account', state: 'password-due' },
};
const DUE_BY_OPERATOR: Refusal = {
  refused: 'password-due',
  message: 'The operator asks for another password: set one now',
  detail: 'the password is to be changed first',
  rule: { kind: 'account', state: 'password-due' },
};
const NOT_YOURS: Refusal = {
  refused: 'new-password',
  message: 'The operator of this server sets the password of this account',
  detail: 'the account may not change its password',
};
const CHANGED_MEANWHILE: Refusal = {
  refused: 'unavailable',
  message: 'The account was changed at this moment: sign in again',
};

const PASSWORD_EXPIRED: Refusal = {
  refused: 'expired',
  message: 'The password of this account has expired: ask the operator of this server for a new one',
  detail: 'the password has expired',
  rule: { kind: 'account', state: 'password-expired' },
};
const UNKNOWN = wrong('unknown user', { kind: 'account', state: 'unknown' });
const NO_PASSWORD = wrong('the account has no password', { kind: 'account', state: 'no-password' });
const LOCKED = wrong('locked after too many wrong passwords', { kind: 'account', state: 'locked' });
const CERTIFICATE = { kind: 'field', place: 'certificate.use' } as const;
const NOT_ITS_CERTIFICATE = wrong('not the certificate of the account', CERTIFICATE);

/** What holds against a certificate alone. */
function refusalOfCertificate(account: Account, peer: Peer): Refusal | undefined {
  if (account.certificate.use !== 'instead-of-password') return wrong('needs a password', CERTIFICATE);
  return ownsCertificate(account, peer) ? undefined : NOT_ITS_CERTIFICATE;
}

function lacksCertificateBeside(account: Account, peer: Peer): boolean {
  return account.certificate.use === 'with-password' && !ownsCertificate(account, peer);
}

function isLocked(found: FoundAccount | undefined, lock: AccountLock | undefined): boolean {
  if (!found) return false;
  const isStored = found.lockedUntil !== undefined && !isPast(found.lockedUntil);
  return isStored || (lock?.isLocking(found.account.name) ?? false);
}

function isPast(moment: Date | undefined): boolean {
  return moment !== undefined && moment.getTime() <= Date.now();
}

function wrong(detail: string, rule?: DecidingRule): Refusal {
  return { refused: 'credentials', message: 'Wrong user name or password', detail, ...(rule && { rule }) };
}

function ownsKey({ authorizedKeys }: Account, key: PublicKey): boolean {
  return authorizedKeys.some((line) => isKeyOfLine(key, line));
}

/**
 * A listed fingerprint is enough by itself: the handshake has shown that the peer holds its key. Without a list the
 * certificate must lead to a trusted authority and name the account.
 */
function ownsCertificate({ name, certificate }: Account, peer: Peer): boolean {
  const shown = peer.tls?.clientCertificate;
  if (!shown) return false;
  if (certificate.fingerprints.length > 0) return certificate.fingerprints.includes(shown.fingerprint);
  return shown.verified && shown.commonNames.includes(name);
}
