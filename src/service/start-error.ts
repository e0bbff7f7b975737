/** The service can't be started, or its data not be used, for a reason that the operator can mend; the message names the way out. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code = 'start';
}
