/** The command line can't be carried out as it stands. The message names the way out. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}
