import { createHash } from 'node:crypto';
import { loadSsh2, parseKey, sshFingerprint } from '../../transport/index.ts';

export const HOST_KEY_KINDS = ['ed25519', 'ecdsa', 'rsa'] as const;
export type HostKeyKind = (typeof HOST_KEY_KINDS)[number];

const BITS: { readonly [kind in HostKeyKind]: number | undefined } = { ed25519: undefined, ecdsa: 256, rsa: 3072 };

const MAX_TRIES = 20;

/** What clients know a host key by. */
export interface HostKeyIdentity {
  /** As SSH names it: `ssh-ed25519`. */
  readonly algorithm: string;
  /** As OpenSSH shows it: `SHA256:` and base64. */
  readonly fingerprint: string;
  /** A line of known_hosts without the name of the host before it. */
  readonly publicKey: string;
  /** What a SSHFP record of DNS says (RFC 4255, RFC 6594, RFC 7479): algorithm, kind of hash, and hash. */
  readonly sshfp: string;
}

/** A new private key in OpenSSH's form. @throws MissingSshError */
export async function makeHostKey(kind: HostKeyKind): Promise<string> {
  const module = await loadSsh2();
  const bits = BITS[kind];
  for (let tries = 1; ; tries += 1) {
    const made = module.utils.generateKeyPairSync(kind, { comment: 'lockport', ...(bits !== undefined && { bits }) });
    // ssh2 1.17 now and then writes a key that it can't read itself.
    if (!(module.utils.parseKey(made.private) instanceof Error)) return made.private;
    if (tries === MAX_TRIES) throw new Error(`No host key of the kind ${kind} could be made`);
  }
}

/** @throws MissingSshError, Error where it is no key */
export async function identifyHostKey(privateKey: string): Promise<HostKeyIdentity> {
  const key = parseKey(await loadSsh2(), privateKey);
  const blob = key.getPublicSSH();
  const hex = createHash('sha256').update(blob).digest('hex');
  return {
    algorithm: key.type,
    fingerprint: sshFingerprint(blob),
    publicKey: `${key.type} ${blob.toString('base64')}`,
    sshfp: `${SSHFP_ALGORITHMS[key.type] ?? 0} 2 ${hex}`,
  };
}

const SSHFP_ALGORITHMS: { readonly [algorithm: string]: number } = {
  'ssh-rsa': 1,
  'ecdsa-sha2-nistp256': 3,
  'ecdsa-sha2-nistp384': 3,
  'ecdsa-sha2-nistp521': 3,
  'ssh-ed25519': 4,
};
