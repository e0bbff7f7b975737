import { type AccountRecord, type AccountStore, AccountStoreError, type LoginTls } from '../core/index.ts';
import { acceptedBy, TLS_PROFILES, type TlsProfile } from '../transport/index.ts';
import type { Configuration } from './configuration/index.ts';

/** By what TLS or SSH an account has last signed in, and what a stricter server would do. Moments are in ISO 8601. */
export interface AccountCrypto {
  readonly account: string;
  readonly lastLoginAt: string | null;
  /** Null: it has not signed in, or an older Lockport noted it. */
  readonly tls: LoginTls | null;
  /** Profiles of TLS under which that login would have failed. */
  readonly lockedOutBy: readonly TlsProfile[];
  /** Profiles of which nothing can be said: this server itself accepts nothing better. */
  readonly unknownFor: readonly TlsProfile[];
}

export interface CryptoReport {
  /** The profile that the server has. */
  readonly profile: TlsProfile;
  readonly accounts: readonly AccountCrypto[];
  /** Accounts that can't be read. */
  readonly unreadable: readonly string[];
  /** What the report can't tell. */
  readonly limits: readonly string[];
}

/** What TLS accounts use, and whom a stricter profile would lock out. */
export async function cryptoReport(
  { tls, listeners }: Pick<Configuration, 'tls' | 'listeners'>,
  accounts: AccountStore,
): Promise<CryptoReport> {
  const found: AccountCrypto[] = [];
  const unreadable: string[] = [];
  // Whoever has spoken an older version to a server that takes none newer may know a newer one.
  const offersLatest = [tls, ...listeners.map((listener) => ({ ...tls, ...listener.tls }))].every(
    ({ maxVersion }) => maxVersion !== 'TLSv1.2',
  );
  for (const name of (await accounts.names()).toSorted()) {
    try {
      const record = await accounts.find(name);
      if (record) found.push(accountCrypto(record, offersLatest));
    } catch (error) {
      if (!(error instanceof AccountStoreError)) throw error;
      unreadable.push(name);
    }
  }
  return { profile: tls.profile, accounts: found, unreadable, limits: LIMITS_OF_IT };
}

const LIMITS_OF_IT = [
  'The group by which keys were exchanged over TLS: Node does not tell it to a server',
  'Other clients of an account than the one of its last login',
];

function accountCrypto({ account, lastLoginAt, lastLoginTls }: AccountRecord, offersLatest: boolean): AccountCrypto {
  const failing = TLS_PROFILES.filter((profile) => lastLoginTls !== undefined && !isAccepted(lastLoginTls, profile));
  const isSure = offersLatest || lastLoginTls === 'clear';
  return {
    account: account.name,
    lastLoginAt: lastLoginAt?.toISOString() ?? null,
    tls: lastLoginTls ?? null,
    lockedOutBy: isSure ? failing : [],
    unknownFor: isSure ? [] : failing,
  };
}

/** A login in the clear is none by TLS, whatever the profile. Profiles say nothing of SSH, whose algorithms are one list. */
function isAccepted(tls: LoginTls, profile: TlsProfile): boolean {
  if (tls === 'clear') return false;
  if (tls.keyExchange !== undefined) return true;
  const { versions, ciphers } = acceptedBy({ profile });
  return versions.some((version) => version === tls.version) && ciphers.includes(tls.cipher);
}
