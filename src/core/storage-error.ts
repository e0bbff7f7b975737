import type { DecidingRule } from './deciding-rule.ts';

/**
 * What went wrong in a storage, as a meaning and never as a reply number: FTP and SFTP translate the same codes.
 *
 * - `invalid-name`: no entry can have this name here
 * - `incomplete`: the entry is an interrupted upload that may only be resumed or removed, or bytes of a file are missing
 * - `bad-offset`: a restart position that the entry does not reach
 * - `no-space`: the medium is full; `over-quota`: the account's allowance is used up
 * - `busy`: another operation holds the entry; trying again later may help
 * - `cross-device`: a rename from one storage into another
 * - `unsupported`: this storage cannot do this at all
 * - `aborted`: the caller's signal ended it
 * - `io`: the medium failed
 */
export type StorageErrorCode =
  | 'not-found'
  | 'exists'
  | 'denied'
  | 'not-empty'
  | 'is-directory'
  | 'not-directory'
  | 'invalid-name'
  | 'incomplete'
  | 'bad-offset'
  | 'no-space'
  | 'over-quota'
  | 'busy'
  | 'cross-device'
  | 'unsupported'
  | 'aborted'
  | 'io';

/** Every failure of a storage. The message may be shown to the peer: it names no path of the host and no inner part. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  /** The rule that refuses, where it is one and not what stands in the storage. */
  readonly rule: DecidingRule | undefined;

  constructor(code: StorageErrorCode, message: string, { rule, ...options }: StorageErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.rule = rule;
  }
}

export interface StorageErrorOptions extends ErrorOptions {
  readonly rule?: DecidingRule | undefined;
}
