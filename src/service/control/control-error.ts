import type { OperatorFailureCode } from '../operators/index.ts';

/**
 * - `no-server`: no server runs on this data directory
 * - `no-socket`: a server runs, and has no socket
 * - `not-allowed`: it belongs to another user
 * - `other-version`: the server that runs speaks another protocol
 * - `lost`: it ended, or did not answer in time
 * - all others: what the server answered
 */
export type ControlErrorCode =
  | 'no-server'
  | 'no-socket'
  | 'not-allowed'
  | 'other-version'
  | 'lost'
  | OperatorFailureCode;

/** A running server could not be asked, or has refused. The message names the way out. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
