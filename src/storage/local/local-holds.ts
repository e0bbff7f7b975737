import {
  baseName,
  type Hold,
  type Holds,
  namesOf,
  notFound,
  parentOf,
  ROOT,
  resolvePath,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { attempt, storageError, unless } from './failures.ts';
import type { StoredHold } from './hold-list.ts';
import type { LocalStorageSettings } from './settings.ts';
import type { Walk } from './walk.ts';

/** The holds of a storage, as a view of it sees their paths. */
export class LocalHolds implements Holds {
  readonly #walk: Walk;
  readonly #settings: LocalStorageSettings;

  constructor(walk: Walk, settings: LocalStorageSettings) {
    this.#walk = walk;
    this.#settings = settings;
  }

  list(): Promise<readonly Hold[]> {
    return attempt(async () => {
      const home = await this.#home();
      const all = await this.#settings.protection.holds.all();
      return all.flatMap(({ names, since, ...hold }) => {
        const isSeen = names.slice(0, home.length).every((name, index) => name === home[index]);
        if (!isSeen) return [];
        // One of a directory above concerns all of the view.
        return [{ ...hold, since: new Date(since), path: resolvePath(ROOT, `/${names.slice(home.length).join('/')}`) }];
      });
    });
  }

  set(path: VirtualPath, { by, reason }: Pick<Hold, 'by' | 'reason'>): Promise<void> {
    return attempt(async () => {
      const names = await this.#namesOf(path);
      await this.#settings.protection.holds.change((holds) => {
        if (holds.some((hold) => isSame(hold, names))) throw new StorageError('exists', 'This path is held already');
        return [...holds, { names, since: Date.now(), by, reason }];
      });
    });
  }

  lift(path: VirtualPath): Promise<void> {
    return attempt(async () => {
      const { holds } = this.#settings.protection;
      // As it is listed, whatever has come to stand on its way.
      const listed = [...(await this.#home()), ...namesOf(path)];
      const isListed = (await holds.all()).some((hold) => isSame(hold, listed));
      const names = isListed ? listed : await this.#namesOf(path);
      await holds.change((all) => {
        const others = all.filter((hold) => !isSame(hold, names));
        if (others.length === all.length) throw notFound();
        return others;
      });
    });
  }

  /**
   * Where the path leads. A hold of a path that is not there is for what comes to stand there: below what is there of it.
   * @throws StorageError `not-found` where a link on the way leads to nothing, so that nobody knows where that is
   */
  async #namesOf(path: VirtualPath): Promise<readonly string[]> {
    const missing: string[] = [];
    for (let at = path; ; at = parentOf(at)) {
      try {
        await using location = await this.#walk.resolve(at);
        return [...location.names, ...missing];
      } catch (error) {
        const isMissing = storageError(error).code === 'not-found' && at !== ROOT;
        if (!isMissing || (await this.#isThere(at))) throw error;
        missing.unshift(baseName(at));
      }
    }
  }

  async #isThere(path: VirtualPath): Promise<boolean> {
    const found = await unless(['ENOENT'], this.#walk.resolve(path, false));
    if (!found) return false;
    await using location = found;
    return (await location.seen()) !== undefined;
  }

  async #home(): Promise<readonly string[]> {
    await using location = await this.#walk.resolve(ROOT);
    return location.home;
  }
}

function isSame(hold: StoredHold, names: readonly string[]): boolean {
  return hold.names.length === names.length && names.every((name, index) => hold.names[index] === name);
}
