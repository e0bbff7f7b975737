import { createHash } from 'node:crypto';
import { keyOfLine, type PublicKey, type PublicKeyLine } from '../core/index.ts';

/** What a public key is known by, as OpenSSH shows it. */
export function keyFingerprint(key: PublicKey | PublicKeyLine): string {
  const blob = typeof key === 'string' ? Buffer.from(keyOfLine(key).split(' ')[1] ?? '', 'base64') : key.blob;
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
