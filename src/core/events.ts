import type { VirtualPath } from './path.ts';
import type { ConnectionRefusal, DataRefusal, HandshakeFailure, LoginMethod, LoginRefusal } from './refusals.ts';
import type { SshFacts } from './ssh.ts';
import type { Entry } from './storage.ts';
import type { Ending, LoginTls, TlsFacts, TlsOffer } from './tls.ts';
import type { WatchedEvent } from './watched-event.ts';

/** How a listener of FTP begins TLS: by AUTH TLS, or with the first byte. */
export type FtpListenerMode = 'explicit' | 'implicit';
/** What comes to a listener. */
export type ListenerMode = FtpListenerMode | 'sftp' | 'web';
export type Direction = 'upload' | 'download' | 'listing';

/** The protocol of a front-end. */
export type Protocol = 'ftp' | 'sftp' | 'web' | 'api';

/** Which process an event comes from, where there are several. */
export interface Origin {
  readonly node?: string;
  /** The number of a worker process. */
  readonly worker?: number;
}

/** The time of an event, and its number in its process. */
interface Stamp extends Origin {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Grows by one with each event of a process, so that a gap shows a lost event. */
  readonly seq: number;
}

/** The session of an event. */
export interface SessionOrigin extends Origin {
  readonly session: string;
  readonly protocol: Protocol;
  /** Of the client. */
  readonly address: string;
  /** The account, once signed in. */
  readonly account?: string;
}

/** One transfer of data, after it has finished or failed. */
export interface TransferFacts {
  readonly verb: string;
  readonly direction: Direction;
  readonly path: VirtualPath;
  /** Where it began in the file. */
  readonly offset: number;
  /** Bytes of the file that moved (not of TLS, not of MODE Z). */
  readonly bytes: number;
  readonly durationMs: number;
  readonly ending: Ending;
  readonly outcome: 'complete' | 'kept-partial' | 'discarded';
  /** The reply that closed it. Of SFTP: the status, 0 where it succeeded; of the web: that of HTTP. */
  readonly reply: number;
  readonly reason?: string;
  readonly tls?: TlsFacts;
  /** SHA-256 of the bytes that moved, hex, where the configuration asks for it. */
  readonly sha256?: string;
  /** Of a download: the file that was read, where the storage tells. Over SFTP only where all of it was read. */
  readonly entry?: Entry;
  /** Of a download that succeeded: it was not of the file to its end, and over SFTP not of all of it. */
  readonly isPartial?: true;
}

/** What an operator of this machine has asked a running service to change, over the control socket. */
export interface OperatorAction {
  /** The user of the machine, as the operator's program names it: who may open the socket may say what it likes. */
  readonly by: string;
  readonly action: string;
  /** What is changed. No secrets. */
  readonly about: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly outcome: 'done' | 'failed';
  /** Why it failed. */
  readonly failure?: string;
}

/** What an administrator did over the API, or was refused. */
export interface AdminAction {
  readonly administrator: string;
  /** The id of the token by which a program did it. */
  readonly token?: string;
  readonly address: string;
  /** The method and the path of the route: `DELETE /sessions/{session}`. */
  readonly action: string;
  /** What stood in the places of the path. */
  readonly target?: Readonly<Record<string, string>>;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly reason?: string;
  /** What was changed, as it was and as it is. No secrets. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** An event as its source publishes it, before it gets its time and number. */
export type NewEvent =
  | WatchedEvent
  | {
      readonly event: 'listening';
      /** `metrics`: over HTTP, for monitoring. `admin`: the API of administrators. */
      readonly mode: ListenerMode | 'metrics' | 'admin';
      readonly address: string;
      readonly port: number;
    }
  | { readonly event: 'draining'; readonly sessions: number }
  | { readonly event: 'stopped' }
  /** The operator should know it but need not act. */
  | { readonly event: 'notice'; readonly message: string }
  | { readonly event: 'warning'; readonly message: string; readonly error?: Error }
  | ({
      readonly event: 'session.opened';
      readonly mode: ListenerMode;
      readonly port: number;
    } & SessionOrigin)
  | ({
      readonly event: 'session.refused';
      readonly code: ConnectionRefusal;
      readonly reason: string;
    } & SessionOrigin)
  | ({ readonly event: 'session.secured'; readonly tls: TlsFacts } & SessionOrigin)
  /** The first keys of an SSH connection are exchanged. */
  | ({ readonly event: 'session.keys-exchanged'; readonly ssh: SshFacts } & SessionOrigin)
  /** The session ends by it: `session.closed` follows. */
  | ({
      readonly event: 'handshake.failed';
      readonly code: HandshakeFailure;
      readonly reason: string;
      readonly tls?: TlsOffer;
    } & SessionOrigin)
  | ({ readonly event: 'session.closed'; readonly reason: string; readonly durationMs: number } & SessionOrigin)
  | ({
      readonly event: 'login.succeeded';
      readonly user: string;
      readonly method: LoginMethod;
      readonly tls?: LoginTls;
      /** Of a public key: its fingerprint, as OpenSSH shows it. */
      readonly key?: string;
    } & SessionOrigin)
  | ({
      readonly event: 'login.failed';
      readonly user: string;
      readonly method: LoginMethod;
      readonly code: LoginRefusal;
      readonly reason: string;
      /** The fingerprint of the public key, of several the last one. */
      readonly key?: string;
    } & SessionOrigin)
  /** The holder of the account, which is always named, has set another password. */
  | ({ readonly event: 'password.changed' } & SessionOrigin)
  /** Too many failed logins: connections from this network are refused until then. */
  | { readonly event: 'address.banned'; readonly network: string; readonly until: Date }
  /** Too many wrong passwords: those of this account are refused until then. */
  | { readonly event: 'account.locked'; readonly locked: string; readonly until: Date }
  /** An operator has banned a network, until then (`FOREVER`: until it is lifted). */
  | { readonly event: 'ban.set'; readonly network: string; readonly until: Date; readonly reason: string }
  /** An operator has lifted the ban of a network. */
  | { readonly event: 'ban.lifted'; readonly network: string }
  | ({ readonly event: 'operator.acted' } & OperatorAction)
  /** An administrator has signed in to the API. */
  | { readonly event: 'admin.signed-in'; readonly administrator: string; readonly address: string }
  /** @property administrator as it was given; there may be none of the name */
  | {
      readonly event: 'admin.sign-in-failed';
      readonly administrator: string;
      readonly address: string;
      readonly reason: string;
    }
  | ({ readonly event: 'admin.acted' } & AdminAction)
  | ({
      readonly event: 'command';
      readonly verb: string;
      /** Never that of PASS or ACCT. */
      readonly argument: string;
      readonly reply: number;
      readonly durationMs: number;
    } & SessionOrigin)
  /** The server refused a command (530, 550, 552, 553), and no other event reports it. */
  | ({
      readonly event: 'command.refused';
      readonly verb: string;
      /** The path that the command named, where it named one. */
      readonly path?: VirtualPath;
      readonly reply: number;
      readonly reason: string;
    } & SessionOrigin)
  | ({ readonly event: 'gate.asked' } & GateDecision & SessionOrigin)
  | ({ readonly event: 'data.refused'; readonly code: DataRefusal; readonly reason: string } & SessionOrigin)
  | ({
      readonly event: 'transfer.started';
      readonly verb: string;
      readonly direction: Direction;
      readonly path: VirtualPath;
    } & SessionOrigin)
  | ({ readonly event: 'transfer.finished' } & TransferFacts & SessionOrigin)
  | ({ readonly event: 'file.changed' } & FileChange & SessionOrigin)
  /** A rule of the configuration has changed a file of an account. No session did, and no rule waits for it. */
  | ({ readonly event: 'rule.acted'; readonly rule: string; readonly account: string } & FileChange)
  | ({ readonly event: 'failure'; readonly verb?: string; readonly error: unknown } & SessionOrigin);

/**
 * What came of asking a gate. `unanswered`: who was asked did not say, in time or so that it could be understood; `overloaded`:
 * too many wait for an answer; `abandoned`: the client left.
 */
export type GateOutcome = 'accepted' | 'refused' | 'quarantined' | 'unanswered' | 'overloaded' | 'abandoned';

/** What a gate decided of a file that was about to get a name. */
export interface GateDecision {
  readonly gate: string;
  readonly path: VirtualPath;
  /** The name that it had before. */
  readonly from?: VirtualPath;
  readonly bytes: number;
  readonly outcome: GateOutcome;
  /** Whether the file got its name, as far as this gate goes. */
  readonly isAdmitted: boolean;
  readonly reason?: string;
  /** The name of the copy in the quarantine directory. */
  readonly quarantined?: string;
  readonly durationMs: number;
}

export type FileChangeKind =
  | 'stored'
  | 'removed'
  | 'copied'
  | 'renamed'
  | 'directory-made'
  | 'directory-removed'
  | 'times-set'
  | 'mode-set'
  | 'linked'
  | 'combined';

/** One completed change of an account's files. */
export interface FileChange {
  readonly change: FileChangeKind;
  readonly path: VirtualPath;
  /** Of a rename: its new path. Of a copy: its path. */
  readonly to?: VirtualPath;
  /** What stands there now, or what was removed; absent for directories that were made or removed, and where it was gone again. */
  readonly entry?: Entry;
  /** The file, link or interrupted upload that it replaced, where the storage reports it. */
  readonly replaced?: Entry;
}

/** Every event of a server, in one stream. The log is made from it; metrics, audit and webhooks can be. */
export type ServerEvent = NewEvent & Stamp;

/** Receives events. It must not throw and must not block: a slow sink needs a queue of its own. */
export type EventSink = (event: ServerEvent) => void;

/** Publishes an event. */
export type Publish = (event: NewEvent) => void;

/**
 * Makes the one publisher of a process. It gives each event its time and number, and keeps an origin that an event already has.
 * @param isWanted whether anybody would hear of events of this name. One that nobody wants is counted, and no more: most
 * are of commands and files, of which there are many.
 */
export function publisher(
  sink: EventSink,
  origin: Origin = {},
  isWanted: (name: NewEvent['event']) => boolean = () => true,
): Publish {
  let seq = 0;
  return (event) => {
    seq += 1;
    if (!isWanted(event.event)) return;
    sink({ ...origin, ...event, at: Date.now(), seq });
  };
}
