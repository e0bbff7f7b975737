import { type ByteRange, type DigestAlgorithm, StorageError, type VirtualPath } from '../core/index.ts';
import type { UserSession } from './user-session.ts';

/** The algorithms by their names in the IANA registry of FTP hashes, strongest first. */
export const ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-512', 'SHA-256', 'SHA-1', 'MD5', 'CRC32'];

/**
 * The digest of a file or a part of it. Reading and hashing is work that one short line asks for, so an account gets few
 * places for it.
 */
export async function digestOf(user: UserSession, path: VirtualPath, algorithm: DigestAlgorithm, range: ByteRange) {
  const { files, session, workspace } = user;
  const { digests, limits } = session.settings;
  const { size, kind } = await files.stat(path, session);
  if (kind !== 'file') throw new StorageError('is-directory', 'Not a file');
  const start = range.start ?? 0;
  const end = Math.min(range.end ?? size, size);
  if (start > end) throw new StorageError('bad-offset', 'The range begins behind the end of the file');
  const free = await digests.take(workspace.account.name, limits.maxConcurrentDigests);
  if (!free) throw new StorageError('busy', 'Too many hashes are being computed for this account: try again');
  try {
    const bytes = await files.digest(path, algorithm, { start, end, signal: session.signal });
    return { start, end, hex: Buffer.from(bytes).toString('hex') };
  } finally {
    free();
  }
}
