import {
  baseName,
  type ConfineOptions,
  ROOT,
  rebase,
  type Storage,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { listingMethods } from './listing-methods.ts';
import { pathMethods } from './path-methods.ts';

/**
 * The part of a storage below `home`, as a storage of its own with `home` as `/`. A storage that can confine itself
 * does; for one without links it is enough to put `home` before each path.
 * @throws StorageError `unsupported` for a storage that makes links and cannot keep them from leading out.
 */
export function confined(storage: Storage, home: VirtualPath, options: ConfineOptions = {}): Storage {
  if (storage.confine !== undefined) return storage.confine(home, options);
  if (storage.makeLink !== undefined) throw new StorageError('unsupported', 'This storage cannot confine its links');
  const inside = (path: VirtualPath): VirtualPath => rebase(ROOT, home, path);
  return {
    ...pathMethods(storage, inside),
    ...listingMethods(storage, inside),
    stat: async (path, signal) => ({ ...(await storage.stat(inside(path), signal)), name: baseName(path) }),
    read: async (path, range) => storage.read(inside(path), range),
    write: async (path, where) => storage.write(inside(path), where),
    rename: async (from, to) => storage.rename(inside(from), inside(to)),
    remove: async (path, options) => storage.remove(inside(path), options),
    makeDirectory: async (path) => storage.makeDirectory(inside(path)),
    removeDirectory: async (path) => {
      if (path === ROOT) throw new StorageError('denied', 'The root stays');
      return storage.removeDirectory(inside(path));
    },
    confine: (deeper, more) => confined(storage, inside(deeper), more),
  };
}
