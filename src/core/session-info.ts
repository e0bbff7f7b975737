import type { Direction, SessionOrigin } from './events.ts';
import type { VirtualPath } from './path.ts';

/** An open session, as operators see it. */
export interface SessionInfo extends SessionOrigin {
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  readonly transfer?: CurrentTransfer;
}

/** A running transfer. */
export interface CurrentTransfer {
  readonly verb: string;
  readonly direction: Direction;
  readonly path: VirtualPath;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** Bytes of data that have moved so far. */
  readonly bytes: number;
  /** Bytes a second, on average since it began. */
  readonly rate: number;
}

/** The open sessions of a front-end, for operators. */
export interface SessionList {
  sessions(): Promise<readonly SessionInfo[]>;
  /** Ends a session at once (421), with a reason for the log. Resolves when it has ended, with whether it existed. */
  endSession(session: string, reason: string): Promise<boolean>;
}
