import { changedMeanwhile, notFound, StorageError, type StorageErrorCode } from '../../core/index.ts';

/** Why a service refused a request, or whether it is not known what became of it. */
export type Reason = 'missing' | 'precondition' | 'no-upload' | 'range' | 'refused' | 'unknown';

interface Failure {
  readonly name: string;
  readonly status: number | undefined;
}

/** By the error codes of the service and of the SDK; what stands in none of these is told by its status. */
const BY_NAME: { readonly [name: string]: readonly [StorageErrorCode, string] } = {
  NoSuchBucket: ['io', 'The bucket does not exist'],
  InvalidAccessKeyId: ['io', 'The storage service does not know the credentials'],
  SignatureDoesNotMatch: ['io', 'The storage service does not accept the credentials'],
  ExpiredToken: ['io', 'The credentials have expired'],
  CredentialsProviderError: ['io', 'There are no credentials for the storage service'],
  RequestTimeTooSkewed: ['io', 'The clock of this machine differs from that of the storage service'],
  KeyTooLongError: ['invalid-name', 'The path is too long'],
  EntityTooLarge: ['no-space', 'The file is too large for the storage service'],
  QuotaExceeded: ['no-space', 'The storage service has no room left'],
  XMinioStorageFull: ['no-space', 'The storage service has no room left'],
  BadDigest: ['io', 'Bytes were damaged on their way'],
  XAmzContentSHA256Mismatch: ['io', 'Bytes were damaged on their way'],
  AbortError: ['aborted', 'The operation was aborted'],
};

const BY_STATUS: { readonly [status: number]: readonly [StorageErrorCode, string] } = {
  403: ['denied', 'The storage service does not allow this'],
  405: ['unsupported', 'The storage service can not do this'],
  429: ['io', 'The storage service is overloaded: try again later'],
  501: ['unsupported', 'The storage service can not do this'],
  503: ['io', 'The storage service is overloaded: try again later'],
  507: ['no-space', 'The storage service has no room left'],
};

/** Refusals of what went wrong on the way: another try may help. */
const ON_THE_WAY = new Set(['BadDigest', 'XAmzContentSHA256Mismatch', 'RequestTimeout', 'IncompleteBody']);

/** The failure of a request, as a StorageError; one that is it already stays. */
export function storageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const reason = reasonOf(error);
  if (reason === 'missing') return notFound({ cause: error });
  if (reason === 'precondition') return new StorageError('busy', changedMeanwhile().message, { cause: error });
  if (reason === 'no-upload') return new StorageError('busy', 'The upload was ended by another one', { cause: error });
  const { name, status } = failureOf(error);
  const [code, message] = BY_NAME[name] ??
    BY_STATUS[status ?? 0] ?? [
      'io',
      status === undefined ? 'The storage service did not answer' : 'The storage service failed',
    ];
  return new StorageError(code, message, { cause: error });
}

/** Takes what a request threw, or the StorageError that was made of it. */
export function reasonOf(error: unknown): Reason {
  const { name, status } = failureOf(error instanceof StorageError ? error.cause : error);
  if (ON_THE_WAY.has(name)) return 'unknown';
  if (name === 'NoSuchUpload') return 'no-upload';
  if (name === 'NoSuchBucket') return 'refused';
  if (status === 404) return 'missing';
  if (status === 412 || (status === 409 && /Condition/.test(name))) return 'precondition';
  if (status === 416) return 'range';
  return status !== undefined && status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unknown';
}

function failureOf(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) return { name: '', status: undefined };
  const { name, $metadata } = error as { name?: unknown; $metadata?: { httpStatusCode?: number } };
  return { name: typeof name === 'string' ? name : '', status: $metadata?.httpStatusCode };
}
