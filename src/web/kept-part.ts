import { createHash, type Hash } from 'node:crypto';
import { type Files, StorageError, type VirtualPath } from '../core/index.ts';

const PORTION_BYTES = 262_144;

/** What an interrupted upload has left. */
export interface KeptPart {
  readonly offset: number;
  /** SHA-256 of it, which goes on. */
  readonly hash: Hash;
}

/**
 * What was kept of an upload to a path; undefined where nothing was, more than the file has, or what may not be read: then nobody could
 * tell whether the whole is what was sent.
 */
export async function hashOfKept(
  files: Pick<Files, 'partial' | 'can' | 'openWrite'>,
  path: VirtualPath,
  size: number,
  signal: AbortSignal,
): Promise<KeptPart | undefined> {
  const kept = await files.partial(path, { signal });
  if (!kept || kept.size === 0 || kept.size > size || !files.can('open-write', path)) return undefined;
  const file = await files.openWrite(path, { exclusive: true, signal });
  try {
    const hash = createHash('sha256');
    const portion = new Uint8Array(PORTION_BYTES);
    let offset = 0;
    for (let bytes = -1; bytes !== 0; offset += bytes) {
      bytes = await file.read(portion, offset);
      hash.update(portion.subarray(0, bytes));
    }
    return { offset, hash };
  } catch (error) {
    if (error instanceof StorageError && error.code === 'denied') return undefined;
    throw error;
  } finally {
    await file.suspend();
  }
}
