import { StorageError } from '../../core/index.ts';

/** A stored file that is not as it was written. Bytes of it that do not hold are never given. */
export function damaged(what: string, options?: ErrorOptions): StorageError {
  return new StorageError('io', `The file is damaged or was altered: ${what}`, options);
}

/** A file whose key the storage does not have. */
export function keyMissing(id: string): StorageError {
  return new StorageError('io', 'The file can not be decrypted: the server does not have its key', {
    cause: new Error(
      `its key has the id ${id}: add this key to the keys of the storage, or restore the file from a copy`,
    ),
  });
}

export function tooLong(): StorageError {
  return new StorageError('unsupported', 'No encrypted file can be so long');
}
