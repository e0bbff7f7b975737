/** The names of algorithms, as the server offers them. A client chooses the first of its own that is among them. */
export interface SshAlgorithms {
  readonly kex: readonly string[];
  readonly serverHostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly hmac: readonly string[];
  readonly compress: readonly string[];
}

export const SSH_PROFILES = ['modern', 'intermediate', 'fips'] as const;
export type SshProfile = (typeof SSH_PROFILES)[number];

const ETM = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'];
const GCM = ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com'];
const NIST_CURVES = ['ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521'];
const X25519 = ['curve25519-sha256', 'curve25519-sha256@libssh.org'];
const ECDSA = ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];
const RSA = ['rsa-sha2-512', 'rsa-sha2-256'];

/**
 * In none of them: SHA-1 (`ssh-rsa`, `hmac-sha1`), CBC, DSA, and groups of a peer's choosing. ChaCha20-Poly1305 is left
 * out because it is what the prefix truncation of Terrapin (CVE-2023-48795) works on with clients that lack strict key
 * exchange, and because it is slow without native code. Compression is none: it would let a peer choose how much memory
 * its bytes take.
 */
export const ALGORITHMS: { readonly [profile in SshProfile]: SshAlgorithms } = {
  modern: {
    kex: X25519,
    serverHostKey: ['ssh-ed25519', ...RSA],
    cipher: GCM,
    hmac: ETM,
    compress: ['none'],
  },
  /** For clients of the last ten years. */
  intermediate: {
    kex: [...X25519, ...NIST_CURVES, 'diffie-hellman-group16-sha512', 'diffie-hellman-group14-sha256'],
    serverHostKey: ['ssh-ed25519', ...ECDSA, ...RSA],
    cipher: [...GCM, 'aes256-ctr', 'aes128-ctr'],
    hmac: [...ETM, 'hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  },
  /** What SP 800-140 lets a module do; whether the module is a validated one is up to Node's OpenSSL. */
  fips: {
    kex: [...NIST_CURVES, 'diffie-hellman-group16-sha512', 'diffie-hellman-group14-sha256'],
    serverHostKey: [...ECDSA, ...RSA],
    cipher: [...GCM, 'aes256-ctr', 'aes128-ctr'],
    hmac: [...ETM, 'hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  },
};
