import {
  type Entry,
  type Files,
  isWithin,
  notFound,
  parentOf,
  ROOT,
  type StatOptions,
  type Storage,
  StorageError,
  type TargetOptions,
  TrialReached,
  type VirtualPath,
} from '../core/index.ts';
import { type AccountFilesOptions, accountFiles } from './account-files.ts';
import { pathMethods } from './path-methods.ts';
import { publishedAt, readableAt } from './published.ts';
import type { QuotaCounter } from './quota-counter.ts';

/**
 * The files of an account on trial, as `accountFiles` puts them together: what is refused is, and what is not ends in
 * `TrialReached`. Nothing is changed. @param uploadBytes what uploads would bring
 */
export function trialFiles(
  { mounts, account, counters }: Omit<AccountFilesOptions, 'onChange'>,
  uploadBytes: number,
): Files {
  const files = accountFiles({
    mounts: mounts.map((mount) => ({ ...mount, storage: trialStorage(mount.storage) })),
    account,
    counters: { of: (owner) => trialCounter(counters.of(owner)) },
    onChange() {},
  });
  return {
    ...files,
    async write(path, options = {}) {
      try {
        return await files.write(path, options);
      } catch (error) {
        if (!(error instanceof TrialReached)) throw error;
      }
      // As its bytes come.
      const { at = 0 } = options;
      const start = at === 'end' ? ((await publishedAt(files, path))?.size ?? 0) : at;
      return files.write(path, { ...options, expectedSize: start + uploadBytes });
    },
  };
}

/**
 * The same files, of which none is changed, and none read but for what is asked about it: a call that nothing refuses ends
 * in `TrialReached`. What stands around it (rights, mounts, quota) decides as ever.
 */
function trialStorage(storage: Storage): Storage {
  async function reach(): Promise<never> {
    throw new TrialReached('Nothing refuses it');
  }

  /** An entry can be made or replaced at a path: the directory around it is there, and no name is refused. */
  async function target(path: VirtualPath, how?: StatOptions): Promise<Entry | undefined> {
    const found = await publishedAt(storage, path, how);
    if (found === undefined && path !== ROOT) {
      const { kind } = await storage.stat(parentOf(path));
      if (kind !== 'directory') throw new StorageError('not-directory', 'This is not a directory');
    }
    return found;
  }

  async function write(path: VirtualPath, { exclusive = false, existing = false }: TargetOptions = {}): Promise<never> {
    const found = await target(path);
    if (found?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
    if (found !== undefined && exclusive) throw taken();
    if (found === undefined && existing) throw notFound();
    return reach();
  }

  async function read(path: VirtualPath): Promise<never> {
    const { kind } = await readableAt(storage, path);
    if (kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
    return reach();
  }

  async function make(path: VirtualPath): Promise<never> {
    if ((await target(path, ITSELF)) !== undefined) throw taken();
    return reach();
  }

  const { setAttributes, makeLink, digest, openRead, openWrite, copy, confine, ...looks } = pathsOf(storage);
  return {
    ...looks,
    links: storage.links,
    stat: (path, how) => storage.stat(path, how),
    async *list(path, how) {
      for await (const _ of storage.list(path, how)) break;
      yield await reach();
    },
    read,
    ...(openRead && { openRead: read }),
    ...(digest && { digest: read }),
    write,
    ...(openWrite && { openWrite: write }),
    ...(makeLink && { makeLink: make }),
    ...(setAttributes && {
      setAttributes: async (path) => {
        await storage.stat(path);
        return reach();
      },
    }),
    ...(copy && {
      copy: async (from, to, options) => {
        await readableAt(storage, from);
        return write(to, options);
      },
    }),
    async rename(from, to, { exclusive = false } = {}) {
      if (from !== to && isWithin(from, to)) throw new StorageError('denied', 'A directory cannot go into itself');
      const moved = await readableAt(storage, from);
      const replaced = await target(to, ITSELF);
      if (exclusive && replaced !== undefined) throw taken();
      if (from === to || replaced === undefined) return reach();
      if (moved.kind === 'directory' || replaced.kind === 'directory') throw taken();
      return reach();
    },
    async remove(path) {
      const found = (await publishedAt(storage, path, ITSELF)) ?? (await storage.partial?.(path));
      if (found === undefined) throw notFound();
      if (found.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
      return reach();
    },
    makeDirectory: make,
    async removeDirectory(path) {
      if (path === ROOT) throw new StorageError('denied', 'The root stays');
      const { kind } = await storage.stat(path, ITSELF);
      if (kind !== 'directory') throw new StorageError('not-directory', 'This is not a directory');
      for await (const entries of storage.list(path, { namesOnly: true })) {
        if (entries.length > 0) throw new StorageError('not-empty', 'The directory is not empty');
      }
      return reach();
    },
    ...(confine && { confine: (home, options) => trialStorage(confine.call(storage, home, options)) }),
  };
}

/** The same quota, of which nothing stays taken: what is reserved is free again before anybody else asks. */
function trialCounter(counter: QuotaCounter): QuotaCounter {
  return {
    setQuota: (quota) => counter.setQuota(quota),
    limitSpace: (space, signal) => counter.limitSpace(space, signal),
    begin: async () => 'uncounted',
    end: () => false,
    claimReplaced: () => true,
    release() {},
    reserve(reservation, demand, signal) {
      const result = counter.reserve(reservation, demand, signal);
      if (!(result instanceof Promise)) {
        counter.release(reservation);
        return result;
      }
      return result.finally(() => counter.release(reservation));
    },
  };
}

const ITSELF = { followLinks: false } as const;

function pathsOf(storage: Storage): Partial<Storage> {
  return {
    ...pathMethods(storage, (path) => path),
    ...(storage.copy && { copy: storage.copy.bind(storage) }),
    ...(storage.confine && { confine: storage.confine.bind(storage) }),
  };
}

function taken(): StorageError {
  return new StorageError('exists', 'An entry of this name exists');
}
