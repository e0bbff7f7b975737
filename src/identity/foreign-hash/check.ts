import path from 'node:path';
import { inThread } from '../one-shot-thread.ts';

/** Beside this file, as a source and as it is built. */
const ENTRY = path.join(import.meta.dirname, `foreign-hash-thread${path.extname(import.meta.filename)}`);

/** What the thread is told. */
export interface ForeignCheck {
  readonly password: Uint8Array;
  readonly hash: string;
}

/**
 * Whether the password is the one that another server hashed, checked on a thread of its own. Who calls bounds how many run
 * at once. False for a hash that can't be checked. Rejects where there can be no thread.
 */
export async function checkForeignHash(check: ForeignCheck): Promise<boolean> {
  return (await inThread(ENTRY, check)) === true;
}
