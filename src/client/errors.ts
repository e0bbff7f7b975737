import type { Reply } from '../protocol/index.ts';
import type { ServerCertificate } from '../transport/index.ts';

/**
 * What went wrong, as a meaning. None of these is ever renamed.
 *
 * - `invalid-argument`: what was asked for can't be sent or makes no sense; nothing was sent
 * - `clear-text-refused`: without TLS, and clear text was not permitted
 * - `connect-failed`: no connection to the server
 * - `connection-lost`: the control connection ended while something was under way
 * - `closed`: the client was closed
 * - `aborted`: the caller's signal ended it
 * - `timeout`: a limit of time was passed; the message names the limit
 * - `protocol`: the server said something that is no FTP, or passed a limit
 * - `tls-refused`: the server does not offer TLS, or not as it must; no password was sent
 * - `tls-failed`: the handshake failed
 * - `untrusted`: the server's certificate is not trusted; `certificate` holds it
 * - `login-refused`: user, password or account are not accepted
 * - `not-found`: there is no such file or directory, or it must not be seen
 * - `refused`: the server refused the command (a 4yz or 5yz reply)
 * - `unsupported`: the server cannot do this
 * - `data-connection`: the data connection could not be had
 * - `session-not-reused`: the server did not resume the TLS session on the data connection, which the policy requires
 * - `truncated`: the data stream was cut, whatever the server's reply said
 * - `stalled`: nothing moved for too long
 * - `unconfirmed`: all bytes of an upload were sent, and the server did not say whether it has them: it may be stored
 * - `wrong-size`: as many bytes as announced did not come, or do not stand on the server
 * - `wrong-checksum`: the checksums of both sides differ
 * - `changed`: the file changed while it was transferred, so that going on would mix two versions
 * - `local`: our own file or stream failed; `cause` holds why
 * - `exists`: there is something already
 * - `limit`: more came than a limit allows; the message names the limit
 * - `too-many-deletions`: a sync would delete more than its plan allows
 * - `incomplete-listing`: a listing does not tell all that is in the directory; thrown behind the entries that came
 */
export type ClientErrorCode =
  | 'invalid-argument'
  | 'clear-text-refused'
  | 'connect-failed'
  | 'connection-lost'
  | 'closed'
  | 'aborted'
  | 'timeout'
  | 'protocol'
  | 'tls-refused'
  | 'tls-failed'
  | 'untrusted'
  | 'login-refused'
  | 'not-found'
  | 'refused'
  | 'unsupported'
  | 'data-connection'
  | 'session-not-reused'
  | 'truncated'
  | 'stalled'
  | 'unconfirmed'
  | 'wrong-size'
  | 'wrong-checksum'
  | 'changed'
  | 'local'
  | 'exists'
  | 'limit'
  | 'incomplete-listing'
  | 'too-many-deletions';

/** Where it went wrong. */
export type ClientPhase =
  | 'prepare'
  | 'connect'
  | 'tls'
  | 'login'
  | 'command'
  | 'open-data'
  | 'transfer'
  | 'finish'
  | 'local';

export interface ClientErrorFacts {
  readonly phase: ClientPhase;
  /** The command as it was sent, a password left out. */
  readonly command?: string | undefined;
  /** What the server said to it. */
  readonly reply?: Reply | undefined;
  /** The same of an SFTP server. */
  readonly status?: ClientStatus | undefined;
  /** Whether the same call may succeed later: the connection was lost, a limit of time passed, or the reply was a 4yz. */
  readonly retryable?: boolean;
  /** Of an untrusted server. */
  readonly certificate?: ServerCertificate | undefined;
  /** What may be left on the server and could not be removed, for people; the message says it too. */
  readonly leftBehind?: string | undefined;
  readonly cause?: unknown;
}

/** How an SFTP server answered (draft-ietf-secsh-filexfer-02 section 7). */
export interface ClientStatus {
  readonly code: number;
  /** In its own words. */
  readonly message: string;
}

/** Every failure of the client. The message is for people; `code` is for programs and stays as it is. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly phase: ClientPhase;
  readonly command: string | undefined;
  readonly reply: Reply | undefined;
  readonly status: ClientStatus | undefined;
  readonly retryable: boolean;
  readonly certificate: ServerCertificate | undefined;
  readonly leftBehind: string | undefined;

  constructor(code: ClientErrorCode, message: string, facts: ClientErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.phase = facts.phase;
    this.command = facts.command;
    this.reply = facts.reply;
    this.status = facts.status;
    this.retryable = facts.retryable ?? false;
    this.certificate = facts.certificate;
    this.leftBehind = facts.leftBehind;
  }

  /** Whether the server answered and said no: then nothing was done. A farewell (421) is none. */
  get isRefusal(): boolean {
    return (this.reply !== undefined && this.reply.code !== 421) || this.status !== undefined;
  }
}
