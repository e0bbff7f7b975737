import type { Storage } from '../../core/index.ts';

/** A storage whose files can be read and changed at any position, so that they can lie encrypted in it. */
export type StoredFiles = Storage & Required<Pick<Storage, 'openRead' | 'openWrite'>>;

export function isForStoredFiles(storage: Storage): storage is StoredFiles {
  return storage.openRead !== undefined && storage.openWrite !== undefined;
}
