/** What the server answered to a command. */
export interface FTPResponse {
  readonly code: number;
  /** All of it, the code included; lines end in LF. */
  readonly message: string;
}

/** The server refused: a reply of 400 or more. The client stays usable. */
export class FTPError extends Error {
  override readonly name = 'FTPError';
  readonly code: number;

  constructor({ code, message }: FTPResponse) {
    super(message);
    this.code = code;
  }
}
