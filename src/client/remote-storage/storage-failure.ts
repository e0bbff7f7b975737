import { parentOf, ROOT, StorageError, type StorageErrorCode, type VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import type { RemoteEntry } from '../listing/entry.ts';
import { stat } from '../listing/stat.ts';

/** What a failure of the client means to whoever uses a storage. */
export function storageFailure(error: unknown, code = codeOf(error)): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(code, error instanceof Error ? error.message : String(error), { cause: error });
}

/** What may stand at a path. `unknown`: the server does not tell. */
type Standing = RemoteEntry['kind'] | 'nothing' | 'unknown';

/** What a refusal means, by what stands at the path. */
export type Meanings = { readonly [standing in Standing]?: StorageErrorCode };

/**
 * The same, where a refusal (550) may have many reasons: then it is looked up what stands at the path, and above it.
 * What that does not explain is `denied`.
 */
export async function explainedFailure(
  error: unknown,
  pool: Pool,
  path: VirtualPath,
  meanings: Meanings,
  signal?: AbortSignal,
): Promise<StorageError> {
  const failure = storageFailure(error);
  if (failure.code !== 'denied' || error === failure) return failure;
  return storageFailure(error, await meaningAt(pool, path, meanings, signal));
}

async function meaningAt(
  pool: Pool,
  path: VirtualPath,
  meanings: Meanings,
  signal: AbortSignal | undefined,
): Promise<StorageErrorCode> {
  const standing = await standingAt(pool, path, signal);
  const isAbsent = standing === 'nothing' || standing === 'unknown';
  const above = isAbsent && path !== ROOT ? await meaningAt(pool, parentOf(path), ABOVE, signal) : 'denied';
  return above === 'denied' ? (meanings[standing] ?? 'denied') : above;
}

const ABOVE: Meanings = { file: 'not-directory', nothing: 'not-found' };

async function standingAt(pool: Pool, path: VirtualPath, signal: AbortSignal | undefined): Promise<Standing> {
  try {
    return (await stat(pool, path, { ...(signal && { signal }) })).kind;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'not-found') return 'nothing';
    if (error instanceof ClientError && error.code === 'refused') return 'unknown';
    throw storageFailure(error);
  }
}

function codeOf(error: unknown): StorageErrorCode {
  if (!(error instanceof ClientError)) return 'io';
  switch (error.code) {
    case 'not-found':
    case 'exists':
    case 'aborted':
    case 'unsupported':
      return error.code;
    case 'invalid-argument':
      return 'invalid-name';
    case 'wrong-size':
      // The file does not reach to the byte that was to be written from on.
      return error.phase === 'prepare' ? 'bad-offset' : 'io';
    case 'login-refused':
      // 530 is also what a server says to a command that this user may not give.
      return error.phase === 'login' ? 'io' : 'denied';
    case 'refused':
      return CODES[error.reply?.code ?? 0] ?? 'denied';
    default:
      return 'io';
  }
}

/** RFC 959 section 4.2.2; 554 is REST's (RFC 3659 section 5). */
const CODES: { readonly [reply: number]: StorageErrorCode } = {
  426: 'io',
  450: 'busy',
  451: 'io',
  452: 'no-space',
  552: 'over-quota',
  554: 'bad-offset',
};
