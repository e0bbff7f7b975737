import type { LocalStorageOptions } from '../storage/index.ts';
import type { Configuration } from './configuration/schema.ts';

/** What holds for all storages of a service, whatever their kind. */
export type SharedStorageOptions = Omit<LocalStorageOptions, 'root' | 'removeFreeLock'>;

/** What only the start can tell. */
interface FoundRoot {
  /** When the service began, in ms since 1970. */
  readonly since: number;
  /** The number of the group of `files.group`. */
  readonly fileGroup: number | undefined;
  /** The processes that serve the root; its lock keeps other services out. */
  readonly workers: number;
}

/** What the configuration and the start say of all storages, for the service and for each of its workers. */
export function storageOptions(
  { storage, files }: Configuration,
  { since, fileGroup, workers }: FoundRoot,
): SharedStorageOptions {
  return {
    since,
    processes: workers > 1 ? 'several' : 'one',
    ...storage,
    ...(files.mode !== undefined && { fileMode: files.mode }),
    ...(fileGroup !== undefined && { fileGroup }),
  };
}
