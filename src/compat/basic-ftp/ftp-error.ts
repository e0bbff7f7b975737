/** What the server answered to a command. */
export interface FTPResponse {
  readonly code: number;
  /** All of it, the code included; lines end in LF. */
  readonly message: string;
}

/** The server refused: a reply of 400 or more. The client stays usable. */
export class FTPError extends Error {
  override name = 'FTPError';
  readonly code: number;

  constructor({ code, message }: FTPResponse) {
    super(message);
    this.code = code;
  }
}

/** What calls on a closed client fail with. */
export function closedBecause(reason: Error & { code?: string }): Error {
  const error = new Error(`Client is closed because ${reason.message}`, { cause: reason });
  return Object.assign(error, { code: reason.code ?? '0' });
}
