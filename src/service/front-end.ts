import type { SessionInfo, SessionList, TransferCounts } from '../core/index.ts';
import type { ProcessReport } from '../operations/index.ts';
import type { ListeningAddress, ListeningPlace, SessionCounts } from '../server/index.ts';
import type { PlainOptions } from './server-options.ts';

/** How one process of a front-end does. */
export interface FrontEndProcess {
  /** `primary`, or the number of a worker. */
  readonly process: string;
  readonly transfers: TransferCounts;
  /** Of a worker, where reports are made. */
  readonly report?: ProcessReport;
  /** Events of a worker that wait to be sent. */
  readonly queuedEvents?: number;
}

/** How a front-end does. */
export interface FrontEndState {
  /** Whether every listener is open. */
  readonly isListening: boolean;
  readonly sessions: SessionCounts;
  /** Those that answered in time. */
  readonly processes: readonly FrontEndProcess[];
  /** Absent: one process does everything. */
  readonly workers?: WorkersState;
}

interface WorkersState {
  readonly configured: number;
  readonly serving: number;
  /** How many ended and were replaced, since the start. */
  readonly restarts: number;
  /** Events that found no room, by the number of the worker, since the start. */
  readonly lostEvents: ReadonlyMap<number, number>;
}

/** What serves the clients of a service: its listeners and their sessions, in this process or in several. */
export interface FrontEnd extends SessionList, AsyncDisposable {
  /** Opens every listener, or none. @throws ListenError */
  listen(listeners: readonly ListeningPlace[]): Promise<readonly ListeningAddress[]>;
  /** Starts serving. Called once the process runs as its final user. @throws StartError */
  begin(): Promise<void>;
  /** What happens in it now. Bounded by `workerAnswerMs`, whatever state a worker is in. */
  liveView(): Promise<LiveView>;
  /** Applies to the sessions that begin from now on. @throws TlsSettingsError; then nothing has changed. */
  reload(options: PlainOptions): void;
  /** What keeps records from being written where each operation needs one, or which are waited for, has changed. */
  tellRecords(): void;
  /** Asks all processes, and waits for none of them longer than a moment. */
  state(): Promise<FrontEndState>;
  /** Takes no new sessions, and lets running transfers end within `drainMs`. */
  drain(): Promise<void>;
}

/** Every session of every process, and every worker. */
export interface LiveView {
  readonly sessions: readonly SessionInfo[];
  /** None where the sessions run in this process. */
  readonly workers: readonly WorkerView[];
}

export interface WorkerView {
  readonly worker: number;
  /** Absent: its process has ended, and another one is about to begin. */
  readonly pid?: number;
  /** `silent`: it did not answer in time, and its sessions are shown as far as the primary process knows them. */
  readonly state: 'starting' | 'serving' | 'silent';
  readonly sessions: number;
}
