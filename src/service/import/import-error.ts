/** A file of another server that can't be read. Nothing of it was taken over. */
export class ImportError extends Error {
  override readonly name = 'ImportError';

  /** @param line counted from 1 */
  constructor(message: string, line?: number, options?: ErrorOptions) {
    super(line === undefined ? message : `line ${line}: ${message}`, options);
  }
}
