import type { DecidingRule, ListenerMode, ValueOrigin } from '../../core/index.ts';
import type { ShownFailure } from '../operators/recent-failures.ts';

/** What somebody wants to have explained. */
export interface ExplainRequest {
  /** Absent: only what failed from the address. */
  readonly account?: string | undefined;
  /** The words of an FTP command, such as `STOR`, or `SITE` and `CHMOD`. Absent: whether the account may sign in. */
  readonly command?: readonly string[] | undefined;
  /** As a client names it. */
  readonly path?: string | undefined;
  /** Of RNTO: what is renamed. */
  readonly renamedFrom?: string | undefined;
  /** The address of the client. */
  readonly from?: string | undefined;
  /** The port of the listener. Absent: the first one of the configuration. */
  readonly port?: number | undefined;
  /** The client starts no TLS. */
  readonly isPlain?: boolean | undefined;
  /** The client shows no certificate. Default: it shows that of the account, where the server asks for one. */
  readonly withoutCertificate?: boolean | undefined;
  /** What an upload brings. Default: one byte. */
  readonly uploadBytes?: number | undefined;
}

/** Whether an account may do something, and what decides. Moments are in ISO 8601. */
export interface Explanation {
  readonly account?: string;
  readonly command?: string;
  readonly path?: string;
  readonly from?: string;
  /** Absent where only an address was asked about. */
  readonly verdict?: 'allowed' | 'refused';
  /** What a client is answered. Absent where nothing refuses it. */
  readonly reply?: { readonly code: number; readonly text: string };
  readonly decidedBy?: DecidedBy;
  /** What holds for the account and the server in this matter. */
  readonly facts: readonly Fact[];
  /** What was taken to be so, and could be otherwise. */
  readonly assumed: readonly string[];
  /** What could not be looked at. */
  readonly unknown: readonly string[];
  /** The last handshakes and logins from the address that failed, the newest first. */
  readonly failures: readonly ShownFailure[];
}

export interface DecidedBy {
  /** In words. */
  readonly text: string;
  readonly rule?: DecidingRule;
  /** Of a field: whose value it is. */
  readonly origin?: ValueOrigin;
  /** How to change it. */
  readonly change?: string;
}

export interface Fact {
  readonly subject: string;
  readonly text: string;
  /** Whose value it is, in words. */
  readonly origin?: string;
}

/** What the server rules at the listener that a client came to. */
export interface ExplainedListener {
  /** Its setting: `explicit`, or `listeners[0]`. */
  readonly key: string;
  readonly index: number;
  readonly mode: ListenerMode;
  readonly port: number | undefined;
}
