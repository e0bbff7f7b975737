import { type Storage, StorageError } from '../../core/index.ts';
import { encryptedTree } from './encrypted-tree.ts';
import { Keyring } from './keyring.ts';
import { EncryptedNames, PLAIN_NAMES } from './name-cipher.ts';
import { isForStoredFiles } from './stored-files.ts';

export interface EncryptedStorageOptions {
  /** Of 32 bytes each. The first one is for new files; the others open files that were made with them. */
  readonly keys: readonly Uint8Array[];
  /** Of 32 bytes: names are encrypted by it. It can't be changed later. Default: names stay as they are. */
  readonly namesKey?: Uint8Array | undefined;
}

/**
 * Files that lie encrypted in another storage, as docs/encrypted-storage.md describes. What is read has been authenticated;
 * what does not hold is `io`. @throws StorageError `unsupported` for a storage whose files can't be read and changed at any
 * position, and for keys of another length
 */
export function encryptedStorage(stored: Storage, { keys, namesKey }: EncryptedStorageOptions): Storage {
  if (!isForStoredFiles(stored)) {
    throw new StorageError('unsupported', 'Files can not be kept encrypted in this storage');
  }
  return encryptedTree(stored, new Keyring(keys), namesKey ? new EncryptedNames(namesKey) : PLAIN_NAMES);
}
