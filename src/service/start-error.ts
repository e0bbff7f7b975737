/** The service can't be started, or its data not be used, for a reason that the operator can mend; the message names the way out. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code = 'start';
}

/** What is said where the file or directory is there, but closed to whoever asks. */
export function mayNotBeRead(file: string): string {
  return `${file} may not be read by this user: run this as its owner, or as root`;
}
