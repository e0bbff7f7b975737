import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStorage, type LocalStorageOptions, localStorage } from '../storage/index.ts';

export interface TemporaryStorage extends AsyncDisposable {
  readonly storage: LocalStorage;
  /** The directory on disk. */
  readonly root: string;
}

/** A local storage in a new directory, which is removed with all that is in it. */
export async function temporaryStorage(options: Omit<LocalStorageOptions, 'root'> = {}): Promise<TemporaryStorage> {
  const root = await mkdtemp(join(tmpdir(), 'lockport-storage-'));
  const storage = await localStorage({ ...options, root });
  return {
    root,
    storage,
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}
