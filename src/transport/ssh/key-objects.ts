import { createSecretKey } from 'node:crypto';
import type { Ssh2Client, Ssh2Connection } from './ssh2-module.ts';

/** Where ssh2 1.17 keeps the keys of a connection. */
const PLACES = [
  ['_cipher', '_encKey'],
  ['_cipher', '_macKey'],
  ['_decipher', '_decipherKey'],
  ['_decipher', '_macKey'],
] as const;

/**
 * Gives Node the keys of a connection as objects of its own. ssh2 has Node take them from bytes for each packet, for which Node 24
 * needs several times as long as for all else of a small packet. Call it after each key exchange. Where ssh2 keeps its keys
 * elsewhere, nothing changes.
 */
export function keepKeyObjects(connection: Ssh2Client | Ssh2Connection): void {
  for (const [holder, name] of PLACES) {
    const coder = connection._protocol?.[holder];
    const key = coder?.[name];
    if (coder && Buffer.isBuffer(key)) coder[name] = createSecretKey(key);
  }
}
