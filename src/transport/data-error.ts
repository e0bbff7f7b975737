import type { Ending } from '../core/index.ts';

export type DataErrorCode =
  /** No port is free to listen on. */
  | 'no-port'
  /** The peer did not connect, or could not be connected to, in time. */
  | 'timeout'
  /** The peer could not be connected to. */
  | 'refused'
  /** The connection was ended before the transfer began. */
  | 'gone'
  | 'tls-failed'
  /** The TLS session of the control connection was not resumed where that is required. */
  | 'session-not-reused'
  /** The certificate is not the one of the control connection. */
  | 'wrong-certificate'
  /** The peer reset the connection, or closed it before it had everything. */
  | 'reset'
  /** Nothing moved for too long. */
  | 'stalled'
  /** We ended it: the signal was given. */
  | 'aborted'
  /** What came is not what was agreed on: no MODE Z stream, or one that swells too much. */
  | 'bad-data'
  /** There is nothing to open: no PASV or PORT came before, or it can't be had here. */
  | 'no-endpoint';

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
