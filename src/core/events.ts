import type { VirtualPath } from './path.ts';
import type { Ending, TlsFacts } from './tls.ts';

export type ListenerMode = 'explicit' | 'implicit';
export type Direction = 'upload' | 'download' | 'listing';

interface InSession {
  readonly session: string;
  /** The account, once signed in. */
  readonly account?: string;
}

/** One finished or failed transfer of data, whole. */
export interface TransferFacts {
  readonly verb: string;
  readonly direction: Direction;
  readonly path: VirtualPath;
  /** Of the client. */
  readonly address: string;
  /** Where it began in the file. */
  readonly offset: number;
  /** Bytes of the file that moved (not of TLS, not of MODE Z). */
  readonly bytes: number;
  readonly durationMs: number;
  readonly ending: Ending;
  readonly outcome: 'complete' | 'kept-partial' | 'discarded';
  /** The reply that closed it. */
  readonly reply: number;
  readonly reason?: string;
  readonly tls?: TlsFacts;
  /** SHA-256 of the bytes that moved, hex, where the configuration asks for it. */
  readonly sha256?: string;
}

/** All that happens in a server, typed, in one stream: logs are made from it, and metrics, audit and webhooks can be. */
export type ServerEvent =
  | { readonly event: 'listening'; readonly mode: ListenerMode; readonly address: string; readonly port: number }
  | { readonly event: 'draining'; readonly sessions: number }
  | { readonly event: 'stopped' }
  /** Something that the operator should know and need not mend. */
  | { readonly event: 'notice'; readonly message: string }
  | { readonly event: 'warning'; readonly message: string; readonly error?: Error }
  | ({
      readonly event: 'session.opened';
      readonly mode: ListenerMode;
      readonly address: string;
      readonly port: number;
    } & InSession)
  | ({ readonly event: 'session.refused'; readonly address: string; readonly reason: string } & InSession)
  | ({ readonly event: 'session.secured'; readonly tls: TlsFacts } & InSession)
  | ({ readonly event: 'session.closed'; readonly reason: string; readonly durationMs: number } & InSession)
  | ({
      readonly event: 'login.succeeded';
      readonly user: string;
      readonly method: 'password' | 'certificate';
    } & InSession)
  | ({
      readonly event: 'login.failed';
      readonly user: string;
      readonly address: string;
      readonly reason: string;
    } & InSession)
  | ({
      readonly event: 'command';
      readonly verb: string;
      /** Never that of PASS or ACCT. */
      readonly argument: string;
      readonly reply: number;
      readonly durationMs: number;
    } & InSession)
  /** The server did not do what a client asked for (530, 550, 552, 553), and no other event has told it. */
  | ({
      readonly event: 'command.refused';
      readonly verb: string;
      /** The path that the command named, where it named one. */
      readonly path?: VirtualPath;
      /** Of the client. */
      readonly address: string;
      readonly reply: number;
      readonly reason: string;
    } & InSession)
  | ({ readonly event: 'data.refused'; readonly reason: string } & InSession)
  | ({
      readonly event: 'transfer.started';
      readonly verb: string;
      readonly direction: Direction;
      readonly path: VirtualPath;
    } & InSession)
  | ({ readonly event: 'transfer.finished' } & TransferFacts & InSession)
  | ({
      readonly event: 'file.changed';
      readonly change: FileChange;
      readonly path: VirtualPath;
      readonly to?: VirtualPath;
    } & InSession)
  | ({ readonly event: 'failure'; readonly verb?: string; readonly error: unknown } & InSession);

export type FileChange =
  | 'removed'
  | 'renamed'
  | 'directory-made'
  | 'directory-removed'
  | 'times-set'
  | 'mode-set'
  | 'linked'
  | 'combined';

/** Takes events as they happen. It must not throw and must not block: what is slow goes behind a queue of its own. */
export type EventSink = (event: ServerEvent) => void;
