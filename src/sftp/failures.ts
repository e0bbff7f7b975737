import { StorageError, type StorageErrorCode } from '../core/index.ts';
import type { StatusName } from '../protocol/index.ts';

/** A request that can't be carried out, for a reason that no storage has. */
export class SftpFailure extends Error {
  override readonly name = 'SftpFailure';
  readonly status: StatusName;

  constructor(status: StatusName, message: string) {
    super(message);
    this.status = status;
  }
}

/** The status that a failure becomes, and the text for the peer. */
export function statusOf(error: unknown): { readonly status: StatusName; readonly message: string } {
  if (error instanceof SftpFailure) return { status: error.status, message: error.message };
  if (error instanceof StorageError) return { status: STATUS_OF[error.code], message: error.message };
  return { status: 'failure', message: 'Internal error: the request was not carried out' };
}

/** Whether nobody foresaw it, so that the operator must see it. */
export function isUnexpected(error: unknown): boolean {
  if (error instanceof StorageError) return error.code === 'io';
  return !(error instanceof SftpFailure) && !(error instanceof Error && error.name === 'AbortError');
}

/** Version 3 has no more than these; the text says which it is. */
const STATUS_OF: { readonly [code in StorageErrorCode]: StatusName } = {
  'not-found': 'no-such-file',
  exists: 'failure',
  denied: 'permission-denied',
  'not-empty': 'failure',
  'is-directory': 'failure',
  'not-directory': 'failure',
  'invalid-name': 'failure',
  incomplete: 'failure',
  'bad-offset': 'failure',
  'no-space': 'failure',
  'over-quota': 'failure',
  busy: 'failure',
  'cross-device': 'failure',
  unsupported: 'unsupported',
  aborted: 'failure',
  io: 'failure',
};
