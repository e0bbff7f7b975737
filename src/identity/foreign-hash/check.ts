import path from 'node:path';
import { Worker } from 'node:worker_threads';

/** Beside this file, as a source and as it is built. */
const ENTRY = path.join(import.meta.dirname, `foreign-hash-thread${path.extname(import.meta.filename)}`);
/** What no check takes that is within the bounds of cost: then the thread is ended, and the password is wrong. */
const MAX_MS = 60_000;
/** WebAssembly's memory is apart from it. */
const RESOURCES = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

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
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const thread = new Worker(ENTRY, { workerData: check, resourceLimits: RESOURCES });
  const late = setTimeout(() => resolve(false), MAX_MS);
  thread.on('message', (verdict: unknown) => resolve(verdict === true));
  thread.on('error', reject);
  thread.on('exit', () => resolve(false));
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
}
