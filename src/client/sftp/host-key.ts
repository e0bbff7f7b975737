import { ByteReader } from '../../protocol/index.ts';
import { sshFingerprint } from '../../transport/index.ts';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import type { HostKey, KnownHost } from './known-hosts.ts';

/**
 * Why a server is not trusted.
 *
 * - `unknown`: nothing is known of it
 * - `changed`: another key is known for it
 * - `revoked`: its key is one that must not be used any more
 * - `authority`: only certificates are trusted for it, which are not supported
 * - `pin-mismatch`: its key is none of the ones that were given
 */
export type HostKeyRefusal = 'unknown' | 'changed' | 'revoked' | 'authority' | 'pin-mismatch';

/** The cause of a ClientError `untrusted` of an SSH server. */
export class HostKeyError extends Error {
  override readonly name = 'HostKeyError';
  readonly code: HostKeyRefusal;
  readonly key: HostKey;
  /** `host:port` */
  readonly server: string;
  /** File and line that speak against it, where there are some. */
  readonly where: string | undefined;

  constructor(code: HostKeyRefusal, key: HostKey, server: string, where: string | undefined) {
    super(`${server} ${WHYS[code]}${where === undefined ? '' : ` (${where})`}`);
    this.code = code;
    this.key = key;
    this.server = server;
    this.where = where;
  }
}

const WHYS: { readonly [code in HostKeyRefusal]: string } = {
  unknown: 'is not known',
  changed: 'shows another host key than the one that is known: somebody may be in between',
  revoked: 'shows a host key that is marked as revoked',
  authority: 'is known by a certificate authority alone, and certificates of hosts are not supported',
  'pin-mismatch': 'shows a host key that is none of the pinned ones',
};

/** @param blob the key as the server sent it */
export function hostKeyOf(blob: Buffer): HostKey {
  const type = new ByteReader(blob).string().toString('latin1');
  return { type, base64: blob.toString('base64'), fingerprint: sshFingerprint(blob) };
}

/**
 * What is known of a key. `unknown`: somebody has to be asked, once the server has proved that the key is its own.
 * @throws ClientError `untrusted` where the key must not be trusted
 */
export function checkHostKey(
  settings: ClientSettings,
  known: readonly KnownHost[],
  key: HostKey,
): 'trusted' | 'unknown' {
  const { insecure = false, hostKeys, knownHosts } = settings.ssh;
  if (insecure) return 'trusted';
  const refuse = (code: HostKeyRefusal, one?: KnownHost): never => {
    throw untrusted(settings, key, code, one?.where);
  };
  const isOf = (one: KnownHost): boolean => one.type === key.type && one.base64 === key.base64;
  const revoked = known.find((one) => one.marker === 'revoked' && isOf(one));
  if (revoked) refuse('revoked', revoked);
  if (hostKeys) return hostKeys.includes(key.fingerprint) ? 'trusted' : refuse('pin-mismatch');
  const keys = known.filter(({ marker }) => marker === 'known');
  if (keys.some(isOf)) return 'trusted';
  if (keys[0]) refuse('changed', keys.find(({ type }) => type === key.type) ?? keys[0]);
  const authority = known.find(({ marker }) => marker === 'authority');
  if (authority) refuse('authority', authority);
  return knownHosts?.remember ? 'unknown' : refuse('unknown');
}

/** Asks about a key that the server has proved to be its own. @throws ClientError `untrusted`; whatever asks may throw more */
export async function askAboutHostKey(settings: ClientSettings, key: HostKey): Promise<void> {
  const { host, port, ssh } = settings;
  if (!(await ssh.knownHosts?.remember?.(host, port, key))) throw untrusted(settings, key, 'unknown', undefined);
}

function untrusted(
  { host, port }: ClientSettings,
  key: HostKey,
  code: HostKeyRefusal,
  where: string | undefined,
): ClientError {
  const cause = new HostKeyError(code, key, `${host}:${port}`, where);
  const message = `${cause.message}. Its key is ${key.type} ${key.fingerprint}`;
  return new ClientError('untrusted', message, { phase: 'tls', cause });
}

/** The algorithms of host keys, those of keys that are known first, so that a server shows one of these (RFC 4253 section 7.1). */
export function hostKeyAlgorithms(offered: readonly string[], known: readonly KnownHost[]): readonly string[] {
  const types = new Set(known.filter(({ marker }) => marker === 'known').map(({ type }) => type));
  const isKnown = (algorithm: string): boolean => types.has(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return [...offered.filter(isKnown), ...offered.filter((algorithm) => !isKnown(algorithm))];
}
