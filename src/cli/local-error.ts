/** A file or directory of this machine that can't be used. The message names it, and why. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly code = 'local';
}

/** The error of a system call on `file` as one that a user can read. */
export function localError(file: string, cause: unknown): LocalError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new LocalError(`${file}: ${reason}`, { cause });
}

const REASONS: { readonly [code: string]: string | undefined } = {
  ENOENT: 'no such file or directory',
  EACCES: 'not permitted to use it',
  EISDIR: 'a directory, not a file',
  ENOTDIR: 'not a directory',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system takes no changes',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the device failed',
};
