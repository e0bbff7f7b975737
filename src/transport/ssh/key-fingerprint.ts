import { createHash } from 'node:crypto';

/**
 * What a key of SSH is known by, as OpenSSH shows it: `SHA256:` and base64 without padding.
 * @param blob the key as it travels (RFC 4253 section 6.6)
 */
export function sshFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
