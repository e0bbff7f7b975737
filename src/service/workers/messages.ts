import type {
  Account,
  Credentials,
  ListenerMode,
  Peer,
  PublicKey,
  Refusal,
  SessionInfo,
  Space,
  Usage,
} from '../../core/index.ts';
import type { Change, ChangeOutcome, Quota, QuotaOwner, ReservationResult } from '../../files/index.ts';
import type { EventName } from '../../operations/index.ts';
import type { SessionAccount } from '../../server/index.ts';
import type { IdentifiedSession } from '../../transport/index.ts';
import type { Configuration } from '../configuration/index.ts';
import type { PlainOptions } from '../server-options.ts';
import type { SharedStorageOptions } from '../storage-options.ts';
import type { PortableEvent } from './portable-event.ts';
import type { Answer, Call, Cancel } from './rpc.ts';

/*
 * All that workers and the primary process say to each other: values only, as `serialization: 'advanced'` carries them.
 * `owner` is whose quota it is; a number stands for what the primary holds for the worker.
 */

/** What a worker calls in the primary. */
export interface SharedProcedures {
  readonly admit: {
    readonly ask: { readonly user: string; readonly credentials: Credentials; readonly peer: Peer };
    readonly answer: Refusal | AdmittedAccount;
  };
  readonly wouldAdmit: {
    readonly ask: { readonly user: string; readonly key: PublicKey; readonly peer: Peer };
    readonly answer: boolean;
  };
  /** Answered when the session must end, with why. Canceled where it ends otherwise. */
  readonly revoked: { readonly ask: { readonly admission: number }; readonly answer: string };
  readonly pay: {
    readonly ask: { readonly admission: number; readonly direction: 'upload' | 'download'; readonly bytes: number };
    readonly answer: undefined;
  };
  readonly hash: {
    readonly ask: { readonly key: string; readonly limit: number };
    readonly answer: number | undefined;
  };
  readonly areOfOneAccount: {
    readonly ask: { readonly session: string; readonly other: string };
    readonly answer: boolean;
  };
  readonly findSession: {
    readonly ask: { readonly session: string; readonly identifier: string };
    readonly answer: Uint8Array | undefined;
  };
  readonly beginChange: {
    readonly ask: { readonly owner: QuotaOwner; readonly change: Change };
    readonly answer: boolean;
  };
  readonly endChange: {
    readonly ask: { readonly owner: QuotaOwner; readonly id: string; readonly outcome: ChangeOutcome };
    readonly answer: boolean;
  };
  readonly reserve: {
    readonly ask: { readonly owner: QuotaOwner; readonly reservation: string; readonly more: Usage };
    readonly answer: ReservationResult;
  };
  readonly claimReplaced: {
    readonly ask: { readonly owner: QuotaOwner; readonly reservation: string; readonly entry: string };
    readonly answer: boolean;
  };
  readonly limitSpace: {
    readonly ask: { readonly owner: QuotaOwner; readonly space: Space };
    readonly answer: Space;
  };
}

/** A login that was admitted, and which of its transfers have a rate limit. */
interface AdmittedAccount {
  readonly admission: number;
  readonly account: Account;
  readonly isLimited: { readonly upload: boolean; readonly download: boolean };
}

/** What the primary calls in a worker. */
export interface WorkerProcedures {
  readonly sessions: { readonly ask: undefined; readonly answer: readonly SessionInfo[] };
  readonly endSession: {
    readonly ask: { readonly session: string; readonly reason: string };
    readonly answer: boolean;
  };
}

/** What a worker tells. */
export interface WorkerNotes {
  /** It serves; `mark` stands in the names of its temporary files. */
  readonly ready: { readonly mark: string };
  /** The answer to `beat`. */
  readonly alive: undefined;
  /** It cannot serve, and ends. */
  readonly failed: { readonly message: string };
  /** A session is its own from now on: nobody else could begin it again. */
  readonly taken: { readonly session: string };
  readonly ended: { readonly session: string };
  /** What has happened there. @property lost how many events before these found no room */
  readonly events: { readonly events: readonly PortableEvent[]; readonly lost: number };
  readonly release: { readonly admission: number };
  readonly keepSession: { readonly session: string; readonly tls: IdentifiedSession };
  readonly signedIn: { readonly session: string; readonly who: SessionAccount };
  readonly signedOut: { readonly session: string };
  readonly hashed: { readonly hash: number };
  readonly setQuota: { readonly owner: QuotaOwner; readonly quota: Quota };
  readonly releaseReservation: { readonly reservation: string };
}

/** What the primary tells. */
export interface PrimaryNotes {
  /** Once, first. */
  readonly start: {
    readonly worker: number;
    readonly configuration: Configuration;
    readonly options: PlainOptions;
    readonly storage: SharedStorageOptions;
    /** The events that somebody listens to; undefined: all. */
    readonly wanted: readonly EventName[] | undefined;
    /** For the TLS tickets of all workers (`TicketKeys`): it is in memory only, and new at each start of the service. */
    readonly ticketSecret: Uint8Array;
  };
  /** Comes with the socket, unless that is gone already. */
  readonly connection: { readonly session: string; readonly listener: number; readonly mode: ListenerMode };
  /** Asks whether it is alive. */
  readonly beat: undefined;
  readonly reload: { readonly options: PlainOptions };
  readonly drain: undefined;
  readonly stop: undefined;
}

/** One note of a table of notes. */
type Note<Notes> = {
  readonly [Name in keyof Notes]: { readonly note: Name; readonly value: Notes[Name] };
}[keyof Notes];

export type FromWorker = Note<WorkerNotes> | Call | Cancel | Answer;
export type FromPrimary = Note<PrimaryNotes> | Call | Cancel | Answer;
/** What is left for the sessions: beats are answered without them. */
export type ForWorker = Exclude<FromPrimary, { readonly note: 'beat' }>;
