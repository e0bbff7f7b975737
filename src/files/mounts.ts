import {
  answerWithin,
  baseName,
  type CopyOptions,
  type Entry,
  isWithin,
  joinPath,
  namesOf,
  ROOT,
  rebase,
  resolvePath,
  type Storage,
  StorageError,
  type StoredEntry,
  type VirtualPath,
} from '../core/index.ts';
import { moveFile } from './move-file.ts';
import { type PathMethod, pathMethods } from './path-methods.ts';
import { pourFile } from './pour-file.ts';
import { readOnly } from './read-only.ts';

/** How long the listing of a directory waits for a mount in it: it may be another machine. */
const LOOK_MS = 1000;

/** What becomes of a rename that leads from one storage to another: `copy` copies a file, compares, and removes it. */
export type RenameAcross = 'refuse' | 'copy';

/** A storage at a path of an account's tree. */
export interface Mount {
  /** Where the account sees it. */
  readonly at: VirtualPath;
  readonly storage: Storage;
  /** Nothing there can be changed. */
  readonly readOnly?: boolean;
}

/**
 * Several storages as one tree. The deepest mount that holds a path has it; the others show nothing there. Mount points
 * are directories, and so are those on the way to them: they can't be removed, renamed or replaced, and keep their mode
 * and times. A link never leads from one mount into another.
 */
export function mounted(mounts: readonly Mount[], renameAcross: RenameAcross = 'refuse'): Storage {
  const guarded = mounts.map((mount) => (mount.readOnly ? { ...mount, storage: readOnly(mount.storage) } : mount));
  const [only] = guarded;
  // The others copy by reading and writing.
  if (only?.storage.copy && guarded.length === 1) return only.storage;
  return new Mounts(guarded, renameAcross).storage;
}

/** The mount that has a path. */
export function mountAt<Mounted extends Pick<Mount, 'at'>>(mounts: readonly Mounted[], path: VirtualPath): Mounted {
  const holding = mounts.filter(({ at }) => isWithin(at, path));
  const [first, ...others] = holding;
  if (!first) throw new StorageError('not-found', 'No storage is mounted here');
  return others.reduce((deepest, other) => (other.at.length > deepest.at.length ? other : deepest), first);
}

/** Whether one of the mounts is at this path or below it, so that the directory stays. The root is a matter of its storage. */
export function leadsToMount(mounts: readonly Pick<Mount, 'at'>[], path: VirtualPath): boolean {
  return path !== ROOT && mounts.some(({ at }) => isWithin(path, at));
}

class Mounts {
  readonly #mounts: readonly Mount[];
  readonly #renameAcross: RenameAcross;

  constructor(mounts: readonly Mount[], renameAcross: RenameAcross) {
    this.#mounts = mounts;
    this.#renameAcross = renameAcross;
  }

  get storage(): Storage {
    return {
      links: this.#mounts.every(({ storage }) => storage.links === 'none') ? 'none' : 'confined',
      ...this.#pathMethods(),
      stat: (path, options) => this.#stat(path, options),
      list: (path, options) => this.#list(path, options),
      read: async (path, options) => this.#on(path, (storage, inside) => storage.read(inside, options)),
      write: async (path, options) => {
        if (this.#leadsToMount(path)) throw isDirectory();
        return this.#on(path, (storage, inside) => storage.write(inside, options));
      },
      copy: (from, to, options) => this.#copy(from, to, options),
      rename: (from, to, options) => this.#rename(from, to, options),
      remove: async (path, options) => {
        if (this.#leadsToMount(path)) throw isDirectory();
        return this.#on(path, (storage, inside) => storage.remove(inside, options));
      },
      makeDirectory: async (path, options) => {
        if (this.#leadsToMount(path)) throw taken();
        return this.#on(path, (storage, inside) => storage.makeDirectory(inside, options));
      },
      removeDirectory: async (path, options) => {
        if (this.#leadsToMount(path)) throw stays();
        return this.#on(path, (storage, inside) => storage.removeDirectory(inside, options));
      },
    };
  }

  /** What any of the storages has; where another one does not, the call says so. */
  #pathMethods(): Partial<Storage> {
    const methods: Partial<Record<PathMethod, unknown>> = {};
    for (const { storage } of this.#mounts) {
      const own = pathMethods(storage, (path) => path);
      for (const name of Object.keys(own) as (PathMethod | 'settable')[]) {
        if (name === 'settable' || name === 'usage') continue;
        methods[name] ??= async (path: VirtualPath, ...rest: readonly unknown[]) => this.#call(name, path, rest);
      }
    }
    const settable = [...new Set(this.#mounts.flatMap(({ storage }) => storage.settable ?? []))];
    return { ...(settable.length > 0 && { settable }), ...(methods as Partial<Storage>) };
  }

  async #call(name: PathMethod, path: VirtualPath, rest: readonly unknown[]): Promise<unknown> {
    const { at, storage } = mountAt(this.#mounts, path);
    const method = storage[name] as ((path: VirtualPath, ...rest: readonly unknown[]) => Promise<unknown>) | undefined;
    if (name === 'makeLink' && this.#leadsToMount(path)) throw taken();
    if (name === 'openWrite' && this.#leadsToMount(path)) throw isDirectory();
    if (name === 'setAttributes' && this.#leadsToMount(path)) throw stays();
    if (method === undefined && name === 'partial') return undefined;
    if (method === undefined) throw new StorageError('unsupported', 'The storage of this place can not do that');
    const [target, ...others] = rest;
    const given = name === 'makeLink' && typeof target === 'string' ? [this.#target(at, target), ...others] : rest;
    return method.call(storage, rebase(at, ROOT, path), ...given);
  }

  /** An absolute target is one of the account's paths; it must lie in the mount that holds the link. */
  #target(at: VirtualPath, target: string): string {
    if (!target.startsWith('/')) return target;
    const path = resolvePath(ROOT, target);
    if (mountAt(this.#mounts, path).at !== at) throw new StorageError('denied', 'The link leads to another storage');
    // Whether it leads out of the root is for the storage to say.
    return at === ROOT ? target : rebase(at, ROOT, path);
  }

  async #copy(from: VirtualPath, to: VirtualPath, options: CopyOptions | undefined): Promise<StoredEntry> {
    if (this.#leadsToMount(from) || this.#leadsToMount(to)) throw isDirectory();
    const [source, target] = [mountAt(this.#mounts, from), mountAt(this.#mounts, to)];
    const [inSource, inTarget] = [rebase(source.at, ROOT, from), rebase(target.at, ROOT, to)];
    if (source === target && source.storage.copy) return source.storage.copy(inSource, inTarget, options);
    return pourFile({ storage: source.storage, path: inSource }, { storage: target.storage, path: inTarget }, options);
  }

  async #rename(from: VirtualPath, to: VirtualPath, options: Parameters<Storage['rename']>[2]) {
    if (this.#leadsToMount(from)) throw stays();
    const [source, target] = [mountAt(this.#mounts, from), mountAt(this.#mounts, to)];
    if (source !== target && this.#renameAcross === 'refuse') throw acrossStorages();
    if (this.#leadsToMount(to)) throw taken();
    const [inSource, inTarget] = [rebase(source.at, ROOT, from), rebase(target.at, ROOT, to)];
    if (source === target) return source.storage.rename(inSource, inTarget, options);
    // Before anything is copied.
    if (source.readOnly) throw new StorageError('denied', 'Nothing can be changed here', { rule: MOUNTS });
    return moveFile({ storage: source.storage, path: inSource }, { storage: target.storage, path: inTarget }, options);
  }

  async #stat(path: VirtualPath, options: Parameters<Storage['stat']>[1]): Promise<Entry> {
    const stat = () =>
      this.#on(path, async (storage, inside) => ({ ...(await storage.stat(inside, options)), name: baseName(path) }));
    if (!this.#leadsToMount(path)) return stat();
    const found = await stat().catch(unlessMissing);
    return found?.kind === 'directory' ? found : wayTo(baseName(path));
  }

  async *#list(path: VirtualPath, options: Parameters<Storage['list']>[1]): AsyncGenerator<readonly Entry[]> {
    const points = this.#pointsIn(path);
    const { at, storage } = mountAt(this.#mounts, path);
    try {
      for await (const entries of storage.list(rebase(at, ROOT, path), options)) {
        yield points.size === 0 ? entries : entries.filter(({ name }) => !points.has(name));
      }
    } catch (error) {
      if (points.size === 0) throw error;
      unlessMissing(error);
    }
    // A mount that can not be reached, or takes its time, is still there, and its siblings are.
    const look = async (name: string): Promise<Entry> =>
      (await answerWithin(this.#stat(joinPath(path, name), options), LOOK_MS)) ?? wayTo(name);
    const shown = [...points].map(look);
    if (shown.length > 0) yield await Promise.all(shown);
  }

  /** The names of mount points, and of what leads to them, in a directory. */
  #pointsIn(directory: VirtualPath): ReadonlySet<string> {
    const depth = namesOf(directory).length;
    const below = this.#mounts.filter(({ at }) => at !== directory && isWithin(directory, at));
    return new Set(below.map(({ at }) => namesOf(at)[depth] ?? ''));
  }

  #leadsToMount(path: VirtualPath): boolean {
    return leadsToMount(this.#mounts, path);
  }

  #on<Result>(path: VirtualPath, work: (storage: Storage, inside: VirtualPath) => Promise<Result>): Promise<Result> {
    const { at, storage } = mountAt(this.#mounts, path);
    return work(storage, rebase(at, ROOT, path));
  }
}

/** A directory on the way to a mount that its storage does not have. */
function wayTo(name: string): Entry {
  return { name, kind: 'directory', size: 0, modified: new Date(0) };
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof StorageError && (error.code === 'not-found' || error.code === 'not-directory')) return undefined;
  throw error;
}

function isDirectory(): StorageError {
  return new StorageError('is-directory', 'This is a directory');
}

function taken(): StorageError {
  return new StorageError('exists', 'An entry of this name exists');
}

function acrossStorages(): StorageError {
  const message = 'The new name lies in another storage: copy it there, and remove it here';
  return new StorageError('cross-device', message, { rule: MOUNTS });
}

function stays(): StorageError {
  return new StorageError('denied', 'Another storage is mounted here, and stays', { rule: MOUNTS });
}

const MOUNTS = { kind: 'field', place: 'mounts' } as const;
