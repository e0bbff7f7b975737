import {
  type Account,
  type Credentials,
  isRefusal,
  type LoginTls,
  type Peer,
  type PublicKey,
  type Publish,
  type Refusal,
} from '../core/index.ts';
import { keyFingerprint } from './key-fingerprint.ts';

/** Publishes how logins end. */
export interface LoginReports {
  decided(user: string, credentials: Credentials, peer: Peer, verdict: { readonly account: Account } | Refusal): void;
  /** A key of the account was shown, whose rules refuse the peer: it is not asked to sign. */
  shown(user: string, key: PublicKey, peer: Peer, refusal: Refusal): void;
}

export function loginReports(publish: Publish): LoginReports {
  return {
    decided(user, credentials, peer, verdict): void {
      const { kind } = credentials;
      const { session, protocol, address } = peer;
      const origin = { session, protocol, address };
      const key = credentials.kind !== 'certificate' && credentials.key ? { key: keyFingerprint(credentials.key) } : {};
      if (!isRefusal(verdict)) {
        const facts = { ...loginTls(credentials, peer), ...key, ...origin };
        publish({ event: 'login.succeeded', user, method: kind, account: verdict.account.name, ...facts });
      } else if (isTold(credentials, verdict)) {
        // A certificate or a key that does not open the account is no failed login: another one, or a password, may follow.
        const { refused, detail = refused } = verdict;
        publish({ event: 'login.failed', user, method: kind, code: refused, reason: detail, ...key, ...origin });
      }
    },

    shown(user, key, { session, protocol, address }, { refused, detail = refused }) {
      const reason = `${detail} (its key was shown, and not asked to sign)`;
      const facts = { key: keyFingerprint(key), session, protocol, address };
      publish({ event: 'login.failed', user, method: 'public-key', code: refused, reason, ...facts });
    },
  };
}

/** Where something else may follow, that decides; a front-end tells where it did not. A code is always the last. */
function isTold({ kind, code }: Credentials, { refused }: Refusal): boolean {
  if (refused === 'code-missing' || refused === 'password-missing') return false;
  return refused !== 'credentials' || kind === 'password' || code !== undefined;
}

/** Nothing of a front-end that tells nothing of its connections. */
function loginTls(credentials: Credentials, { protocol, tls, ssh }: Peer): { readonly tls?: LoginTls } {
  if (ssh) {
    const { keyExchange, cipher } = ssh;
    const clientKey =
      credentials.kind !== 'certificate' && credentials.key ? { clientKey: credentials.key.algorithm } : {};
    return { tls: { version: 'SSH-2.0', keyExchange, cipher, ...clientKey } };
  }
  if (!tls) return protocol === 'ftp' ? { tls: 'clear' } : {};
  const { version, cipher, clientCertificate: { key } = {} } = tls;
  return { tls: { version, cipher, ...(key !== undefined && { clientKey: key }) } };
}
