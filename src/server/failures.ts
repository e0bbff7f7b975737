import { StorageError, type StorageErrorCode } from '../core/index.ts';
import { BundleFailure, type Reply, reply, SyntaxFailure } from '../protocol/index.ts';
import { DataError, type DataErrorCode } from '../transport/index.ts';

/** The one place where what went wrong becomes a reply code (RFC 959 section 4.2, RFC 4217 section 10). */
export function replyFor(error: unknown): Reply {
  if (error instanceof SyntaxFailure) return reply(error.code, error.message);
  if (error instanceof StorageError) return reply(STORAGE_REPLIES[error.code], error.message);
  if (error instanceof DataError) return reply(DATA_REPLIES[error.code], error.message);
  if (error instanceof BundleFailure) return reply(426, error.message);
  if (isAbort(error)) return reply(426, 'The command was broken off');
  return reply(451, 'Internal error: the command was not carried out');
}

/** Whether nobody foresaw it, so that the operator must see it. */
export function isUnexpected(error: unknown): boolean {
  if (error instanceof StorageError) return error.code === 'io';
  return !(
    error instanceof SyntaxFailure ||
    error instanceof DataError ||
    error instanceof BundleFailure ||
    isAbort(error)
  );
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

const STORAGE_REPLIES: { readonly [code in StorageErrorCode]: number } = {
  'not-found': 550,
  exists: 550,
  denied: 550,
  'not-empty': 550,
  'is-directory': 550,
  'not-directory': 550,
  'invalid-name': 553,
  incomplete: 450,
  'bad-offset': 554,
  'no-space': 452,
  'over-quota': 552,
  busy: 450,
  'cross-device': 550,
  unsupported: 504,
  aborted: 426,
  io: 451,
};

/** RFC 4217 section 10: 522 when TLS on the data connection is not what it must be. */
const DATA_REPLIES: { readonly [code in DataErrorCode]: number } = {
  'no-endpoint': 425,
  'no-port': 425,
  timeout: 425,
  refused: 425,
  gone: 425,
  'tls-failed': 522,
  'session-not-reused': 522,
  'wrong-certificate': 522,
  reset: 426,
  stalled: 426,
  aborted: 426,
  'bad-data': 426,
};
