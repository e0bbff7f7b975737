import { type Entry, StorageError, type Usage, type UsageOptions, type VirtualPath } from '../../core/index.ts';
import { isFileLock, isJoin, isProtectionFile, isRootLock, isTemporary } from './names.ts';
import { BESIDE_TRASH, visitTree } from './tree-walk.ts';
import type { Walk } from './walk.ts';

/** What lies below a directory; not what is kept of removed files. @throws StorageError `unsupported` where it can't be counted */
export async function usageBelow(
  walk: Walk,
  path: VirtualPath,
  { signal, sizeOf = (size) => size }: UsageOptions,
): Promise<Usage> {
  let bytes = 0;
  let files = 0;
  const count = ({ name, kind, size }: Entry): void => {
    if (kind === 'directory' || isOwn(name)) return;
    files += 1;
    if (kind === 'file') bytes += sizeOf(size);
  };
  const isWhole = await visitTree(walk, path, count, signal, BESIDE_TRASH);
  // A count without what lies below would let it grow without bound.
  if (!isWhole) throw new StorageError('unsupported', 'Directories lie too deep in each other to be counted');
  return { bytes, files };
}

/** Ours, and no file of anybody. */
function isOwn(name: string): boolean {
  return isTemporary(name) || isJoin(name) || isFileLock(name) || isRootLock(name) || isProtectionFile(name);
}
