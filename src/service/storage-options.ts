import type { LocalStorageOptions } from '../storage/index.ts';
import type { Configuration } from './configuration/schema.ts';

/** What the configuration says of the storage, for the service and for each of its workers. */
export function storageOptions({ root, storage, files }: Configuration): LocalStorageOptions {
  return { root, ...storage, ...(files.mode !== undefined && { fileMode: files.mode }) };
}
