import { type Storage, StorageError } from '../core/index.ts';
import { type PathMethod, pathMethods } from './path-methods.ts';

const CHANGING: ReadonlySet<PathMethod> = new Set(['openWrite', 'setAttributes', 'makeLink']);

/** The same files, of which none can be changed. */
export function readOnly(storage: Storage): Storage {
  return {
    links: storage.links,
    ...pathMethods(storage, (path, method) => (CHANGING.has(method) ? refuse() : path)),
    stat: (path, options) => storage.stat(path, options),
    list: (path, options) => storage.list(path, options),
    read: (path, options) => storage.read(path, options),
    write: async () => refuse(),
    ...(storage.copy && { copy: async () => refuse() }),
    rename: async () => refuse(),
    remove: async () => refuse(),
    makeDirectory: async () => refuse(),
    removeDirectory: async () => refuse(),
  };
}

function refuse(): never {
  throw new StorageError('denied', 'Nothing can be changed here', { rule: { kind: 'field', place: 'mounts' } });
}
