/**
 * - `unusable`: the file cannot be opened, or is no database of ours
 * - `newer-schema`: a later version of Lockport has written it
 * - `account-exists`, `no-such-account`: as they say
 * - `invalid-account`: what was given, or what is stored, does not make an account
 */
export type DatabaseErrorCode = 'unusable' | 'newer-schema' | 'account-exists' | 'no-such-account' | 'invalid-account';

/** A failure whose message can be shown to whoever runs the server. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
