import { StorageError, type StorageErrorCode } from '../../core/index.ts';

/** What each error of the operating system means to a storage. The texts go to peers: no path, no inner part. */
const MEANINGS: Readonly<Record<string, readonly [StorageErrorCode, string]>> = {
  ENOENT: ['not-found', 'No such file or directory'],
  EEXIST: ['exists', 'An entry of this name exists'],
  ENOTEMPTY: ['not-empty', 'The directory is not empty'],
  EISDIR: ['is-directory', 'This is a directory'],
  ENOTDIR: ['not-directory', 'This is not a directory'],
  EACCES: ['denied', 'Permission denied'],
  EPERM: ['denied', 'Permission denied'],
  EROFS: ['denied', 'The storage is read-only'],
  ELOOP: ['denied', 'Too many symbolic links'],
  EINVAL: ['denied', 'Not possible with this entry'],
  ENXIO: ['denied', 'This is not a regular file'],
  ENAMETOOLONG: ['invalid-name', 'The name is too long'],
  EILSEQ: ['invalid-name', 'The file system does not take this name'],
  ENOSPC: ['no-space', 'The storage is full'],
  EDQUOT: ['over-quota', 'The quota of the file system is used up'],
  EFBIG: ['no-space', 'The file is larger than the file system allows'],
  EBUSY: ['busy', 'The entry is in use'],
  ETXTBSY: ['busy', 'The entry is in use'],
  EAGAIN: ['busy', 'The storage is busy'],
  EMFILE: ['busy', 'Too many open files'],
  ENFILE: ['busy', 'Too many open files'],
  EXDEV: ['unsupported', 'Moving between file systems is not possible'],
  EMLINK: ['unsupported', 'Too many links'],
  ENOTSUP: ['unsupported', 'The file system cannot do this'],
  EOPNOTSUPP: ['unsupported', 'The file system cannot do this'],
  ENOSYS: ['unsupported', 'The file system cannot do this'],
  EIO: ['io', 'The medium failed'],
};

/** The storage's own error for whatever was thrown. */
export function storageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const [code, message] = MEANINGS[errorCode(error)] ?? ['io', 'The storage failed'];
  return new StorageError(code, message, { cause: error });
}

/** Runs one operation and turns its failure into a StorageError. */
export async function attempt<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw storageError(error);
  }
}

/** The result, or undefined where the system answers with one of these codes. */
export async function unless<Result>(
  codes: readonly string[],
  operation: Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (codes.includes(errorCode(error))) return undefined;
    throw error;
  }
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
