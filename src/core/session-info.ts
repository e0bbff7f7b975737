import type { Direction, ListenerMode, SessionOrigin } from './events.ts';
import type { VirtualPath } from './path.ts';
import type { SshFacts } from './ssh.ts';
import type { TlsFacts } from './tls.ts';

/** An open session, as operators see it. */
export interface SessionInfo extends SessionOrigin {
  readonly mode: ListenerMode;
  /** The port of the client's control connection. */
  readonly port: number;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** The user name that was given where nobody has signed in yet. The peer chose it. */
  readonly user?: string;
  /** Of the control connection. Absent: it is in clear, or not FTP's. */
  readonly tls?: TlsFacts;
  /** Of SFTP, once keys are exchanged. */
  readonly ssh?: SshFacts;
  /** The virtual host that was asked for by HOST (RFC 7151). */
  readonly host?: string;
  /** What the client calls itself (CLNT). */
  readonly client?: string;
  /** The command that runs. A transfer belongs to one too. */
  readonly command?: RunningCommand;
  readonly transfer?: CurrentTransfer;
  /** Its process did not answer in time: what it does, and over what, is not known. */
  readonly isSilent?: true;
}

export interface RunningCommand {
  readonly verb: string;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
}

/** A running transfer. */
export interface CurrentTransfer {
  readonly verb: string;
  readonly direction: Direction;
  readonly path: VirtualPath;
  /** Where it began in the file, in bytes. */
  readonly offset: number;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** Bytes that are to move in all, where that is known: of a download. */
  readonly totalBytes?: number;
  /** Bytes of data that have moved so far. */
  readonly bytes: number;
  /** Bytes a second, in the last seconds. */
  readonly rate: number;
  /** Bytes a second, on average since it began. */
  readonly averageRate: number;
  /** Of the data connection. Absent: it is in clear, or not open yet. */
  readonly tls?: TlsFacts;
}

/** How many transfers run, by direction. */
export type TransferCounts = { readonly [direction in Direction]: number };

/** The open sessions of a front-end, for operators. */
export interface SessionList {
  sessions(): Promise<readonly SessionInfo[]>;
  /**
   * Ends a session at once (421). Resolves when it has ended, with whether it existed.
   * @param reason for the log
   * @param told the text of the 421. Absent: a general one
   */
  endSession(session: string, reason: string, told?: string): Promise<boolean>;
}
