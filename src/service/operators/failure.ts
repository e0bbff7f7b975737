/**
 * Why a procedure was not carried out, or not to its end.
 * - `invalid-request`, `unknown-procedure`: the request is wrong
 * - `no-such-session`, `no-such-ban`: there is none (any more)
 * - `no-such-account`: nobody has that name
 * - `no-such-rule`, `no-such-event`: there is none
 * - `no-such-file`: nothing is kept of that path
 * - `too-many-files`: more than one answer can have
 * - `too-many-events`: more than a rule can have under way
 * - `too-wide`: a ban of so many addresses has to be forced
 * - `too-many-bans`: first lift some
 * - `not-kept`: it holds now, and will not outlive a restart
 * - `failed`: the service could not do it
 */
export type OperatorFailureCode =
  | 'invalid-request'
  | 'unknown-procedure'
  | 'no-such-session'
  | 'no-such-account'
  | 'no-such-ban'
  | 'no-such-rule'
  | 'no-such-event'
  | 'too-many-events'
  | 'no-such-file'
  | 'too-many-files'
  | 'too-wide'
  | 'too-many-bans'
  | 'not-kept'
  | 'failed';

/** The message is for people; it names the way out. */
export interface OperatorFailure {
  readonly failed: OperatorFailureCode;
  readonly message: string;
}

export function failure(failed: OperatorFailureCode, message: string): OperatorFailure {
  return { failed, message };
}

export function isOperatorFailure(value: object): value is OperatorFailure {
  return 'failed' in value;
}
