/** A backup can't be made or restored, for a reason that the operator can mend; the message names the way out. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code = 'backup';
}
