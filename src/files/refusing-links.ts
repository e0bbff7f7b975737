import { joinPath, namesOf, ROOT, type Storage, StorageError, type VirtualPath } from '../core/index.ts';
import { below } from './confined.ts';
import { pathMethods } from './path-methods.ts';

/**
 * A storage whose links nobody controls, such as another server, made fit for an account's home: links are shown as links,
 * and a path that leads through one is `denied`. Each name of a path is looked at before each call, which costs a call
 * for each, and where a server tells links in listings alone, a listing.
 *
 * It is a look, and no lock: somebody who may put a link in the place of a directory between the look and the call leads
 * the call out. A server that shows links as what they lead to gives nothing to look at. Where the accounts themselves, or
 * other people, may make links there, take a storage that confines itself.
 */
export function refusingLinks(storage: Storage): Storage {
  /** @param how many of the last names the call itself does not follow */
  async function walked(path: VirtualPath, unfollowed: 0 | 1, signal: AbortSignal | undefined): Promise<VirtualPath> {
    let reached = ROOT;
    for (const name of namesOf(path).slice(0, unfollowed === 0 ? undefined : -1)) {
      reached = joinPath(reached, name);
      const kind = await kindAt(storage, reached, signal);
      if (kind === 'link') throw new StorageError('denied', 'Links are not followed here');
      // The call itself says what is wrong.
      if (kind !== 'directory') break;
    }
    return path;
  }
  const copy = storage.copy?.bind(storage);
  // A link that was made could not be gone through.
  const { makeLink: _, ...methods } = pathMethods(storage, (path) => walked(path, 0, undefined));
  const refusing: Storage = {
    links: 'confined',
    ...methods,
    stat: async (path, options = {}) =>
      storage.stat(await walked(path, options.followLinks === false ? 1 : 0, options.signal), options),
    async *list(path, options) {
      yield* storage.list(await walked(path, 0, options?.signal), options);
    },
    read: async (path, options) => storage.read(await walked(path, 0, options?.signal), options),
    write: async (path, options) => storage.write(await walked(path, 0, options?.signal), options),
    ...(copy && {
      copy: async (from, to, options) =>
        copy(await walked(from, 0, options?.signal), await walked(to, 0, options?.signal), options),
    }),
    rename: async (from, to, options) =>
      storage.rename(await walked(from, 1, options?.signal), await walked(to, 1, options?.signal), options),
    remove: async (path, options) => storage.remove(await walked(path, 1, options?.signal), options),
    makeDirectory: async (path, options) => storage.makeDirectory(await walked(path, 1, options?.signal), options),
    removeDirectory: async (path, options) => storage.removeDirectory(await walked(path, 1, options?.signal), options),
    confine: (home) => below(refusing, home),
  };
  return refusing;
}

async function kindAt(storage: Storage, path: VirtualPath, signal: AbortSignal | undefined) {
  try {
    return (await storage.stat(path, { followLinks: false, signal })).kind;
  } catch (error) {
    if (error instanceof StorageError && (error.code === 'not-found' || error.code === 'not-directory'))
      return undefined;
    throw error;
  }
}
