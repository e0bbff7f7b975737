import type { Storage, VirtualPath } from '../core/index.ts';
import { SyntaxFailure } from '../protocol/index.ts';

/** What a file system may round a time by. */
const ROUNDED_MS = 2000;

/**
 * Sets a time that the storage can keep. A disk that can't keep a year (ext4 ends in 2446, or in 2038) takes the nearest
 * that it can, and says nothing. @throws SyntaxFailure 504 then; the old time stands again.
 */
export async function setModified(
  storage: Storage,
  path: VirtualPath,
  time: Date,
  signal?: AbortSignal,
): Promise<void> {
  const before = await storage.stat(path, signal);
  await storage.setModified?.(path, time);
  const { modified } = await storage.stat(path, signal);
  if (Math.abs(modified.getTime() - time.getTime()) <= ROUNDED_MS) return;
  await storage.setModified?.(path, before.modified);
  throw new SyntaxFailure(504, 'The storage of this account cannot keep that time');
}
