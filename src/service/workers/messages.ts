import type {
  Account,
  Credentials,
  ListenerMode,
  PasswordPair,
  Peer,
  PublicKey,
  ReceiptRequest,
  Refusal,
  SessionInfo,
  Space,
} from '../../core/index.ts';
import type {
  BeginResult,
  Change,
  ChangeOutcome,
  Demand,
  Quota,
  QuotaOwner,
  ReplacedEntry,
  ReservationResult,
} from '../../files/index.ts';
import type { EventName } from '../../operations/index.ts';
import type { SessionAccount } from '../../server/index.ts';
import type { IdentifiedSession } from '../../transport/index.ts';
import type { Configuration } from '../configuration/index.ts';
import type { FrontEndProcess } from '../front-end.ts';
import type { PlainOptions } from '../server-options.ts';
import type { SharedStorageOptions } from '../storage-options.ts';
import type { PortableEvent } from './portable-event.ts';
import type { Answer, Call, Cancel } from './rpc.ts';

/*
 * All messages between workers and the primary process. They hold values only, which `serialization: 'advanced'` carries.
 * `owner` is the account whose quota counts. A number is the handle of an object that the primary keeps for the worker.
 */

/** The procedures of the primary that a worker calls. */
export interface SharedProcedures {
  readonly admit: {
    readonly ask: { readonly user: string; readonly credentials: Credentials; readonly peer: Peer };
    readonly answer: Refusal | AdmittedAccount;
  };
  readonly wouldAdmit: {
    readonly ask: { readonly user: string; readonly key: PublicKey; readonly peer: Peer };
    readonly answer: boolean | Refusal;
  };
  readonly changePassword: {
    readonly ask: { readonly user: string; readonly passwords: PasswordPair; readonly peer: Peer };
    readonly answer: Refusal | undefined;
  };
  /** Answered with the reason when the session must end. The worker cancels the call if the session ends by itself. */
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
    readonly answer: BeginResult;
  };
  readonly endChange: {
    readonly ask: { readonly owner: QuotaOwner; readonly id: string; readonly outcome: ChangeOutcome };
    readonly answer: boolean;
  };
  readonly reserve: {
    readonly ask: { readonly owner: QuotaOwner; readonly reservation: string; readonly demand: Demand };
    readonly answer: ReservationResult;
  };
  readonly claimReplaced: {
    readonly ask: { readonly owner: QuotaOwner; readonly reservation: string; readonly entry: ReplacedEntry };
    readonly answer: boolean;
  };
  /** Answered with the receipt; undefined where there is none, or it can't be recorded. */
  readonly issueReceipt: { readonly ask: ReceiptRequest; readonly answer: string | undefined };
  /** Answered once all events that the worker has sent before are recorded on the disk; with false where they are not. */
  readonly recorded: { readonly ask: undefined; readonly answer: boolean };
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

/** How a worker does. The report is made where the configuration asks for metrics. */
export type WorkerState = Pick<FrontEndProcess, 'transfers' | 'report' | 'queuedEvents'>;

/** The procedures of a worker that the primary calls. */
export interface WorkerProcedures {
  readonly state: { readonly ask: undefined; readonly answer: WorkerState };
  readonly sessions: { readonly ask: undefined; readonly answer: readonly SessionInfo[] };
  readonly endSession: {
    readonly ask: { readonly session: string; readonly reason: string; readonly told: string | undefined };
    readonly answer: boolean;
  };
}

/** The notes of a worker to the primary. Nobody answers them. */
export interface WorkerNotes {
  /** The worker serves. `mark` is part of the names of its temporary files. */
  readonly ready: { readonly mark: string };
  /** The answer to `beat`. */
  readonly alive: undefined;
  /** The worker cannot serve, and ends. */
  readonly failed: { readonly message: string };
  /** The worker has begun this session, so no other worker can begin it any more. */
  readonly taken: { readonly session: string };
  readonly ended: { readonly session: string };
  /** Events of the worker. @property lost how many earlier events found no room in its queue */
  readonly events: { readonly events: readonly PortableEvent[]; readonly lost: number };
  readonly release: { readonly admission: number };
  readonly keepSession: { readonly session: string; readonly tls: IdentifiedSession };
  readonly signedIn: { readonly session: string; readonly who: SessionAccount };
  readonly signedOut: { readonly session: string };
  readonly hashed: { readonly hash: number };
  readonly setQuota: { readonly owner: QuotaOwner; readonly quota: Quota };
  readonly releaseReservation: { readonly reservation: string };
}

/** Which replies wait for records, and what keeps those from being written now. */
export interface RecordsState {
  /** The names of the events whose records are waited for. Undefined: there is no audit trail. */
  readonly awaited: readonly string[] | undefined;
  /** Whether receipts are signed. */
  readonly haveReceipts: boolean;
  readonly trouble: string | undefined;
}

/** The notes of the primary to a worker. Nobody answers them, except `beat`. */
export interface PrimaryNotes {
  /** The first note. It comes once. */
  readonly start: {
    readonly worker: number;
    readonly configuration: Configuration;
    readonly options: PlainOptions;
    readonly storage: SharedStorageOptions;
    /** The names of the events that have a listener. Undefined: all events. */
    readonly wanted: readonly EventName[] | undefined;
    /** The secret of the TLS tickets of all workers (`TicketKeys`). It is in memory only, and new at each start of the service. */
    readonly ticketSecret: Uint8Array;
    readonly records: RecordsState;
  };
  readonly records: RecordsState;
  /** The socket travels with this note, unless it has closed already. */
  readonly connection: { readonly session: string; readonly listener: number; readonly mode: ListenerMode };
  /** Asks whether the worker is alive. It answers `alive`. */
  readonly beat: undefined;
  readonly reload: { readonly options: PlainOptions };
  readonly drain: undefined;
  readonly stop: undefined;
}

/** A note of a table, with its name and its value. */
type Note<Notes> = {
  readonly [Name in keyof Notes]: { readonly note: Name; readonly value: Notes[Name] };
}[keyof Notes];

export type FromWorker = Note<WorkerNotes> | Call | Cancel | Answer;
export type FromPrimary = Note<PrimaryNotes> | Call | Cancel | Answer;
/** The messages that reach the sessions of a worker. Its main program answers beats itself. */
export type ForWorker = Exclude<FromPrimary, { readonly note: 'beat' }>;
