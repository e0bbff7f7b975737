/**
 * - `unusable`: the file cannot be opened, or is no database of ours
 * - `newer-schema`: a later version of Lockport has written it
 */
export type DatabaseErrorCode = 'unusable' | 'newer-schema';

/** A failure whose message can be shown to operators. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
