import { stat } from 'node:fs/promises';
import path from 'node:path';
import { asStorage } from '../../client/index.ts';
import { joinPath, ROOT, type Storage, type VirtualPath } from '../../core/index.ts';
import { localStorage } from '../../storage/index.ts';
import { localError } from '../local-error.ts';
import type { RemoteLocation } from './location.ts';
import type { RemoteRun } from './remote-run.ts';

/** One side of a sync: a directory in a storage. */
export interface SyncSide extends AsyncDisposable {
  readonly storage: Storage;
  readonly path: VirtualPath;
  /** How messages call the directory. */
  readonly name: string;
}

/** A directory on a server. */
export async function remoteSide(run: RemoteRun, location: RemoteLocation): Promise<SyncSide> {
  const client = await run.client(location);
  return {
    storage: asStorage(client),
    path: client.resolve(location.path),
    name: location.written,
    async [Symbol.asyncDispose]() {},
  };
}

/** A directory of this machine. Nothing outside of it is touched. @throws LocalError where it is to exist and does not */
export async function localSide(directory: string, { mustExist }: { readonly mustExist: boolean }): Promise<SyncSide> {
  const { root, missing } = await nearest(path.resolve(directory));
  if (mustExist && missing.length > 0) throw localError(directory, Object.assign(new Error(), { code: 'ENOENT' }));
  const storage = await opened(root);
  return {
    storage,
    path: missing.reduce(joinPath, ROOT),
    name: directory,
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

/** What of the path is there, and the names that are not. */
async function nearest(whole: string): Promise<{ readonly root: string; readonly missing: readonly string[] }> {
  const missing: string[] = [];
  for (let root = whole; ; root = path.dirname(root)) {
    try {
      await stat(root);
      return { root, missing };
    } catch (error) {
      const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isAbsent || path.dirname(root) === root) throw localError(whole, error);
      missing.unshift(path.basename(root));
    }
  }
}

async function opened(root: string) {
  try {
    // What a copy is worth after a loss of power: it can be done again.
    return await localStorage({ root, durability: 'fast' });
  } catch (error) {
    throw localError(root, error);
  }
}
