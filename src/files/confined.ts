import {
  baseName,
  type ConfineOptions,
  ROOT,
  rebase,
  type Storage,
  StorageError,
  type VirtualPath,
} from '../core/index.ts';
import { pathMethods } from './path-methods.ts';

/**
 * The part of a storage below `home`, as a storage of its own with `home` as `/`. A storage that can confine itself
 * does; for one without links it is enough to put `home` before each path.
 * @throws StorageError `unsupported` for a storage that makes links and cannot keep them from leading out.
 */
export function confined(storage: Storage, home: VirtualPath, options: ConfineOptions = {}): Storage {
  if (storage.confine !== undefined) return storage.confine(home, options);
  if (storage.links !== 'none') throw new StorageError('unsupported', 'This storage cannot confine its links');
  return below(storage, home);
}

/** The same by paths alone: `home` is put before each. */
export function below(storage: Storage, home: VirtualPath): Storage {
  const inside = (path: VirtualPath): VirtualPath => rebase(ROOT, home, path);
  const listUnlisted = storage.listUnlisted?.bind(storage);
  const copy = storage.copy?.bind(storage);
  return {
    ...pathMethods(storage, inside),
    links: storage.links,
    stat: async (path, how) => ({ ...(await storage.stat(inside(path), how)), name: baseName(path) }),
    list: (path, how) => storage.list(inside(path), how),
    read: async (path, range) => storage.read(inside(path), range),
    write: async (path, where) => storage.write(inside(path), where),
    ...(copy && { copy: async (from, to, how) => copy(inside(from), inside(to), how) }),
    rename: async (from, to, how) => storage.rename(inside(from), inside(to), how),
    remove: async (path, how) => storage.remove(inside(path), how),
    makeDirectory: async (path, how) => storage.makeDirectory(inside(path), how),
    removeDirectory: async (path, how) => {
      if (path === ROOT) throw new StorageError('denied', 'The root stays');
      return storage.removeDirectory(inside(path), how);
    },
    ...(listUnlisted && { listUnlisted: (path, how) => listUnlisted(inside(path), how) }),
    confine: (deeper) => below(storage, inside(deeper)),
  };
}
