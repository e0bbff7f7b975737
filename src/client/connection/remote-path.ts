import { printable, resolvePath, type VirtualPath } from '../../core/index.ts';
import { ClientError, type ClientErrorCode } from '../errors.ts';

/** The absolute path that `path` means, seen from `directory`. @throws ClientError with the code that is given */
export function remotePath(
  directory: VirtualPath,
  path: string,
  code: ClientErrorCode = 'invalid-argument',
): VirtualPath {
  try {
    return resolvePath(directory, path);
  } catch (cause) {
    const message = `${printable(path)} can be no path: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ClientError(code, message, { phase: 'prepare', cause });
  }
}
