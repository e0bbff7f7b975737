import { type Holds, namesOf, ROOT, resolvePath, type Trash, type VirtualPath } from '../../core/index.ts';
import { plainSize } from './layout.ts';
import { type StoredNames, storedPath } from './name-cipher.ts';

/** What the storage below keeps, by the names and lengths of what is encrypted in it. */
export function sealedTrash(trash: Trash, names: StoredNames): Trash {
  return {
    async *list(path, options) {
      for await (const file of trash.list(storedPath(names, path), options)) {
        const stood = plainPath(names, file.path);
        if (stood === undefined) continue;
        yield { ...file, path: stood, ...(file.kind === 'file' && { size: plainSize(file.size) }) };
      }
    },
    restore: async ({ id, path }, to) => trash.restore({ id, path: storedPath(names, path) }, storedPath(names, to)),
    purge: async ({ id, path }) => trash.purge({ id, path: storedPath(names, path) }),
  };
}

/** The holds of the storage below, by the names of what is encrypted in it. */
export function sealedHolds(holds: Holds, names: StoredNames): Holds {
  return {
    list: async () =>
      (await holds.list()).flatMap((hold) => {
        const path = plainPath(names, hold.path);
        return path === undefined ? [] : [{ ...hold, path }];
      }),
    set: async (path, hold) => holds.set(storedPath(names, path), hold),
    lift: async (path) => holds.lift(storedPath(names, path)),
  };
}

/** Undefined for what was never stored encrypted. */
function plainPath(names: StoredNames, stored: VirtualPath): VirtualPath | undefined {
  const plain = namesOf(stored).map((name) => names.plain(name));
  return plain.includes(undefined) ? undefined : resolvePath(ROOT, `/${plain.join('/')}`);
}
