import { joinPath, ROOT, type Storage, StorageError, type VirtualPath } from '../../../src/core/index.ts';

/** A storage as seen from one of its directories, for what a client of SFTP has. It confines nobody. */
export function below(storage: Storage, home: VirtualPath): Storage {
  const at = (path: VirtualPath): VirtualPath =>
    path === ROOT ? home : path.split('/').slice(1).reduce(joinPath, home);
  return {
    links: storage.links,
    stat: (path, options) => storage.stat(at(path), options),
    list: (path, options) => storage.list(at(path), options),
    read: (path, options) => storage.read(at(path), options),
    write: (path, options) => storage.write(at(path), options),
    rename: (from, to, options) => storage.rename(at(from), at(to), options),
    remove: (path, options) => storage.remove(at(path), options),
    makeDirectory: (path, options) => storage.makeDirectory(at(path), options),
    removeDirectory: (path, options) => storage.removeDirectory(at(path), options),
    ...(storage.openRead && { openRead: (path, options) => storage.openRead?.(at(path), options) ?? missing() }),
    ...(storage.setAttributes && {
      setAttributes: (path, given, options) => storage.setAttributes?.(at(path), given, options) ?? missing(),
    }),
    ...(storage.settable && { settable: storage.settable }),
    ...(storage.makeLink && {
      makeLink: (path, target, options) => storage.makeLink?.(at(path), target, options) ?? missing(),
    }),
    ...(storage.digest && {
      digest: (path, algorithm, range) => storage.digest?.(at(path), algorithm, range) ?? missing(),
    }),
    ...(storage.space && { space: (path, options) => storage.space?.(at(path), options) ?? missing() }),
  };
}

function missing(): Promise<never> {
  return Promise.reject(new StorageError('unsupported', 'The storage can not do this'));
}
