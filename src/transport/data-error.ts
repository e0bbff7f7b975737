import type { DataRefusal, Ending } from '../core/index.ts';

/** A stranger's connection is refused, and that of the session still awaited. */
export type DataErrorCode = Exclude<DataRefusal, 'stranger'>;

/** A data connection that could not be had, or broke. The message may be shown to the peer. */
export class DataError extends Error {
  readonly code: DataErrorCode;

  constructor(code: DataErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'DataError';
    this.code = code;
  }

  /** How the peer's stream stood when it broke. */
  get ending(): Ending {
    return this.code === 'stalled' || this.code === 'reset' ? this.code : 'aborted';
  }
}
