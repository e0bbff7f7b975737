import type { LocalStorageOptions } from '../storage/index.ts';
import type { Configuration } from './configuration/schema.ts';
import { type RemoteSecrets, readRemoteSecrets } from './remote-storages.ts';
import { readStorageKeys, type StorageKeys } from './storage-keys.ts';

/** What holds for the storages of a service, in each of its processes. */
export interface SharedStorageOptions {
  /** For all local ones. */
  readonly local: Omit<LocalStorageOptions, 'root' | 'removeFreeLock'>;
  /** Of the encrypted ones, by their names. */
  readonly keys: Readonly<Record<string, StorageKeys>>;
  /** Of the remote ones, by their names. */
  readonly remotes: Readonly<Record<string, RemoteSecrets>>;
}

/** What only the start can tell. */
interface FoundRoot {
  /** When the service began, in ms since 1970. */
  readonly since: number;
  /** The number of the group of `files.group`. */
  readonly fileGroup: number | undefined;
  /** The processes that serve the root; its lock keeps other services out. */
  readonly workers: number;
}

/** What the configuration and the start say of all storages, for the service and for each of its workers. @throws StartError */
export async function storageOptions(
  { storage, storages, files }: Configuration,
  { since, fileGroup, workers }: FoundRoot,
): Promise<SharedStorageOptions> {
  const keys: Record<string, StorageKeys> = {};
  const remotes: Record<string, RemoteSecrets> = {};
  for (const [name, configured] of Object.entries(storages)) {
    if (configured.kind === 'encrypted') keys[name] = await readStorageKeys(name, configured);
    if (configured.kind === 'remote') remotes[name] = await readRemoteSecrets(name, configured);
  }
  return {
    local: {
      since,
      processes: workers > 1 ? 'several' : 'one',
      ...storage,
      ...(files.mode !== undefined && { fileMode: files.mode }),
      ...(fileGroup !== undefined && { fileGroup }),
    },
    keys,
    remotes,
  };
}
