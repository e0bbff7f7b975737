import { hostname } from 'node:os';
import process from 'node:process';
import { background, type Publish, type ServerEvent, WATCHED_EVENTS, waitAtMost } from '../../core/index.ts';
import {
  AuditError,
  type EventStream,
  Journal,
  recordedEvents,
  recordOf,
  SessionRecords,
} from '../../operations/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { UnauthenticatedLogLimiter } from '../log/index.ts';
import type { AwaitedRecords } from '../shared.ts';
import { StartError } from '../start-error.ts';
import { watchInbox } from './inbox.ts';
import { type TrailSpace, TrailSpaceWatch } from './trail-space.ts';

const DAY_MS = 86_400_000;
/** What still waits for the disk gets so long at the end. */
const END_MS = 3000;

/** The audit trail of a running service. */
export interface AuditTrail extends AsyncDisposable {
  readonly journal: Journal;
  /** For front-ends. */
  readonly store: AwaitedRecords;
  /** Counts events that found no room on their way here. */
  noteLost(count: number): void;
  readonly state: AuditState;
  /** Lets records go that the policy does not keep. Until then all stay: whoever reads them takes a hold of its own first. */
  retain(): void;
  /** What was configured anew. */
  reloaded(changed: readonly string[]): void;
}

/** How an audit trail does. */
export interface AuditState {
  /** What keeps records from being written now. */
  readonly trouble: string | undefined;
  /** Whether operations are refused for it. */
  readonly isRefusing: boolean;
  readonly queuedBytes: number;
  /** Since the start. */
  readonly lostRecords: number;
  /** Absent before it was measured. */
  readonly space: TrailSpace | undefined;
  /** What is to be done before the disk is full; undefined for nothing. */
  readonly spaceProblem: string | undefined;
}

interface AuditTrailParts {
  readonly awaitedByRules: () => ReadonlySet<string>;
  readonly onTrouble: (trouble: string | undefined) => void;
}

/**
 * Opens the audit trail of a data directory, and records what the stream tells from now on.
 * @param awaitedByRules the names of events whose acknowledgement waits for the record, whatever `audit.onFailure` says
 * @param onTrouble hears why operations are refused, and undefined once they are not
 * @throws StartError where it can't be opened
 */
export async function openAuditTrail(
  configuration: Configuration,
  events: EventStream,
  { awaitedByRules, onTrouble }: AuditTrailParts,
): Promise<AuditTrail> {
  const { audit, limits } = configuration;
  const isStrict = audit.onFailure === 'refuse';
  const warn = (message: string) => events.publish({ event: 'warning', message });
  const journal = await openJournal(configuration, warn, (trouble) => {
    tellTrouble(events.publish, trouble, isStrict);
    if (isStrict) onTrouble(trouble);
  });
  if (!(await journal.recorded()) && isStrict) {
    throw new StartError(`Nothing can be recorded, and audit.onFailure is refuse: ${journal.trouble ?? 'it is full'}`);
  }
  const strangers = new UnauthenticatedLogLimiter(limits.maxStrangerRecords, (message) =>
    journal.append({ event: 'records.left-out', message }),
  );
  const record = (event: ServerEvent) => {
    const fields = recordOf(event);
    // Where each operation needs its record, what members did is bounded: they wait for it, and are refused.
    const isNeeded = isStrict && fields?.['account'] !== undefined;
    if (fields) journal.append(fields, event.at, isNeeded || isOwn(event, journal));
  };
  const names = recordedEvents(isStrict);
  const recorded: ReadonlySet<string> = new Set(names);
  // Each login that failed is recorded: the throttle bounds how many there can be, but for keys, which it does not count.
  const listening = events.listen(
    (event) => {
      if (event.event === 'login.failed' && event.method !== 'public-key') record(event);
      else for (const each of strangers.admit(event, recorded.has(event.event))) record(each);
    },
    [...names, 'session.opened'],
  );
  journal.append({ event: 'service.started', pid: process.pid, onFailure: audit.onFailure });
  const directory = pathsIn(configuration.dataDir).audit;
  const space = new TrailSpaceWatch(directory, audit.keepBytes, warn);
  const inbox = watchInbox(journal, directory, warn);
  const untilHeld = journal.hold('the start', () => 0);
  return {
    journal,
    store: isStrict ? strictStore(journal, recorded) : lenientStore(journal, awaitedByRules),
    noteLost: (count) => journal.noteLost(count),
    get state() {
      const { trouble, queuedBytes, lostRecords } = journal;
      const isRefusing = isStrict && trouble !== undefined;
      return { trouble, isRefusing, queuedBytes, lostRecords, space: space.space, spaceProblem: space.problem };
    },
    retain() {
      untilHeld[Symbol.dispose]();
      background(journal.retain(), (error) => warn(`Old audit records were not removed: ${String(error)}`));
    },
    reloaded: (changed) => void journal.append({ event: 'configuration.reloaded', changed }),
    async [Symbol.asyncDispose]() {
      inbox[Symbol.dispose]();
      space[Symbol.dispose]();
      listening[Symbol.dispose]();
      // A disk that does not answer must not keep the service from its end.
      await waitAtMost(journal[Symbol.asyncDispose](), END_MS);
    },
  };
}

/** What the service tells of itself is told once: it is kept however much waits, and it is told only while the disk takes records. */
function isOwn({ event }: ServerEvent, { trouble }: Journal): boolean {
  return WATCHED_EVENTS.has(event) && trouble === undefined;
}

/** For sessions of this process. */
export function keepRecords(store: AwaitedRecords, events: EventStream): SessionRecords {
  const records = new SessionRecords(store, () => store.awaited);
  events.listen((event) => records.hear(event, true), recordedEvents(true));
  return records;
}

/** No operation is without its record. */
function strictStore(journal: Journal, awaited: ReadonlySet<string>): AwaitedRecords {
  return {
    get trouble() {
      return journal.trouble;
    },
    awaited,
    recorded: () => journal.recorded(),
  };
}

/** Acknowledgements wait for the disk where a rule depends on it, and go on where it is broken: the operator was warned. */
function lenientStore(journal: Journal, awaited: () => ReadonlySet<string>): AwaitedRecords {
  return {
    trouble: undefined,
    get awaited() {
      return awaited();
    },
    async recorded() {
      await journal.recorded();
      return true;
    },
  };
}

async function openJournal(
  { dataDir, audit, limits }: Configuration,
  warn: (message: string) => void,
  onTrouble: (trouble: string | undefined) => void,
): Promise<Journal> {
  const { keepDays, keepBytes } = audit;
  const directory = pathsIn(dataDir).audit;
  try {
    return await Journal.open({
      directory,
      node: hostname(),
      maxQueuedBytes: limits.maxAuditQueueBytes,
      stallMs: limits.auditStallMs,
      headEveryMs: audit.headEveryMs,
      retention: {
        keepMs: keepDays === 0 ? undefined : keepDays * DAY_MS,
        keepBytes: keepBytes === 0 ? undefined : keepBytes,
      },
      onTrouble,
      warn,
    });
  } catch (error) {
    const cause = AuditError.from(error);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      `The audit trail in ${directory} can't be opened (audit.enabled: false does without): ${why}`,
      {
        cause,
      },
    );
  }
}

function tellTrouble(publish: Publish, trouble: string | undefined, isStrict: boolean): void {
  if (trouble === undefined) publish({ event: 'notice', message: 'The audit trail is written again' });
  else {
    const what = isStrict ? 'operations are refused' : 'records wait in memory, and are lost once they find no room';
    publish({ event: 'warning', message: `The audit trail can't be written, and ${what}: ${trouble}` });
  }
}
