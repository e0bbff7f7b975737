import type { Entry } from '../../core/index.ts';
import type { AuditRecord } from '../audit/index.ts';

/** What a rule can wait for. The names are those of `when` in the configuration. */
export type RuleEventKind = keyof typeof KINDS;

/** Something that rules can act on, as receivers see it. */
export interface RuleEvent extends ToldEvent {
  readonly kind: RuleEventKind;
}

/** What others are told of something. */
export interface ToldEvent {
  /** The same each time that it is told: of an event, the journal and the number of the record. */
  readonly id: string;
  readonly kind: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  /** The account that did it, or the name that a login was tried with. */
  readonly account?: string;
  readonly address?: string;
  readonly protocol?: string;
  readonly session?: string;
  readonly node?: string;
  readonly path?: string;
  /** Of a rename: the name before. */
  readonly from?: string;
  readonly bytes?: number;
  /** Of a download that did not begin with the file: where it began. */
  readonly offset?: number;
  readonly sha256?: string;
  readonly reason?: string;
  /** Of a ban or a lock: until when. Of what expires: when that is. ISO 8601. */
  readonly until?: string;
  /** Of a quota: the highest mark that was passed, in percent. */
  readonly percent?: number;
  /** Of what expires: the days that are left, one that has begun included; 0 or less: it has ended. */
  readonly days?: number;
  /** The marks that were passed: percents of a quota, or days before the end. */
  readonly marks?: readonly number[];
  /** The subject of a certificate, and its SHA-256. */
  readonly certificate?: string;
  readonly fingerprint?: string;
  /** Of trouble: what it is, as `lockport status` has it, and the storage, log or rule that it is about. */
  readonly code?: string;
  readonly about?: string;
  /** Of a schedule: the rule that is due, and since when, ISO 8601. */
  readonly rule?: string;
  readonly due?: string;
}

type Facts = Omit<RuleEvent, 'id' | 'kind' | 'at'>;

type MarkSetting = 'percent' | 'daysBefore';

/** Whether the last name of a path is one that clients give a file until it is whole. */
export type IsTemporary = (path: string) => boolean;

interface Kind {
  /** Of the records that may tell it. */
  readonly records: readonly string[];
  /** Whether it is of a file: rules can ask for its path. */
  readonly isOfFile: boolean;
  /** Whether it is of an account: rules can ask for accounts and groups. */
  readonly isOfAccount: boolean;
  /** Whether its record has an id: it may be told before it is recorded. */
  readonly hasOwnId?: boolean;
  /** Of what is told at marks: the setting by which a rule chooses among them, and those of a rule that has no such setting. */
  readonly marks?: { readonly setting: MarkSetting; readonly usual: readonly number[] };
  /** What a record tells; undefined where it tells no such event. */
  readonly read: (record: AuditRecord, isTemporary: IsTemporary) => Facts | undefined;
}

/** Marks of a quota, in percent, the lowest first. There are no others. */
export const QUOTA_MARKS = [80, 95, 100] as const;
/** In days before the end, where a rule does not say. */
export const EXPIRY_MARKS = [30, 14, 7, 1] as const;

/**
 * Every kind of event, and how the audit trail tells it. A file is uploaded when it is whole and stands under its name: an
 * upload to a temporary name is told by the rename that ends it, once.
 */
const KINDS = {
  uploaded: {
    records: ['file.changed'],
    isOfFile: true,
    isOfAccount: true,
    read(record, isTemporary) {
      const { change, path, to, entryKind } = record;
      if (change === 'renamed') return isUploadByRename(record, isTemporary) ? moved(record) : undefined;
      if (change === 'copied' || !isText(path) || isTemporary(path)) return undefined;
      return PUBLISHING.has(change) && to === undefined && entryKind === undefined ? facts(record) : undefined;
    },
  },
  downloaded: {
    records: ['transfer.finished'],
    isOfFile: true,
    isOfAccount: true,
    read: (record) =>
      record['direction'] === 'download' && record['outcome'] === 'complete' && record['partial'] !== true
        ? { ...facts(record), ...resumedAt(record) }
        : undefined,
  },
  removed: {
    records: ['file.changed'],
    isOfFile: true,
    isOfAccount: true,
    read(record, isTemporary) {
      const { change, path } = record;
      return change === 'removed' && isText(path) && !isTemporary(path) ? facts(record) : undefined;
    },
  },
  renamed: {
    records: ['file.changed'],
    isOfFile: true,
    isOfAccount: true,
    read(record, isTemporary) {
      const { change, path, to } = record;
      if (change !== 'renamed' || !isText(path) || !isText(to)) return undefined;
      const isAside = isTemporary(path) && isTemporary(to);
      return isAside || isUploadByRename(record, isTemporary) ? undefined : moved(record);
    },
  },
  'login-failed': {
    records: ['login.failed'],
    isOfFile: false,
    isOfAccount: true,
    read: (record) => ({ ...facts(record), ...text('account', record['user']) }),
  },
  banned: { records: ['address.banned', 'ban.set'], isOfFile: false, isOfAccount: false, read: facts },
  'account-locked': { records: ['account.locked'], isOfFile: false, isOfAccount: true, read: facts },
  'quota-passed': {
    records: ['quota.passed'],
    isOfFile: false,
    isOfAccount: true,
    marks: { setting: 'percent', usual: QUOTA_MARKS },
    read: facts,
  },
  'account-expires': {
    records: ['account.expires'],
    isOfFile: false,
    isOfAccount: true,
    marks: { setting: 'daysBefore', usual: EXPIRY_MARKS },
    read: facts,
  },
  'password-expires': {
    records: ['password.expires'],
    isOfFile: false,
    isOfAccount: true,
    marks: { setting: 'daysBefore', usual: EXPIRY_MARKS },
    read: facts,
  },
  'certificate-expires': {
    records: ['certificate.expires'],
    isOfFile: false,
    isOfAccount: false,
    marks: { setting: 'daysBefore', usual: EXPIRY_MARKS },
    read: facts,
  },
  trouble: { records: ['trouble.began'], isOfFile: false, isOfAccount: false, hasOwnId: true, read: facts },
  'trouble-ended': { records: ['trouble.ended'], isOfFile: false, isOfAccount: false, hasOwnId: true, read: facts },
  schedule: { records: ['schedule.due'], isOfFile: false, isOfAccount: false, read: facts },
} as const satisfies Record<string, Kind>;

const PUBLISHING: ReadonlySet<unknown> = new Set(['stored', 'combined']);

export const RULE_EVENT_KINDS = Object.keys(KINDS) as readonly RuleEventKind[] as readonly [
  RuleEventKind,
  ...RuleEventKind[],
];

/** Whether events of a kind are of a file, and have its path. */
export function isOfFile(kind: RuleEventKind): boolean {
  return KINDS[kind].isOfFile;
}

/** Whether events of a kind are of an account, and have its name. */
export function isOfAccount(kind: RuleEventKind): boolean {
  return KINDS[kind].isOfAccount;
}

/** Whether events of a kind have an id of their own: they may be told before they are recorded. */
export function hasOwnId(kind: RuleEventKind): boolean {
  const { hasOwnId = false }: Kind = KINDS[kind];
  return hasOwnId;
}

/** Of a kind that is told at marks: how a rule chooses among them; undefined of any other. */
export function marksOf(kind: RuleEventKind): Kind['marks'] {
  const { marks }: Kind = KINDS[kind];
  return marks;
}

/** The records that may tell events of these kinds. */
export function recordsOf(kinds: Iterable<RuleEventKind>): ReadonlySet<string> {
  return new Set(Array.from(kinds).flatMap((kind) => KINDS[kind].records));
}

/** The event of one of these kinds that a record tells; undefined for none. @param journal where the record stands */
export function ruleEventOf(
  record: AuditRecord,
  kinds: readonly RuleEventKind[],
  { journal, isTemporary }: { readonly journal: string; readonly isTemporary: IsTemporary },
): RuleEvent | undefined {
  for (const kind of kinds) {
    const { records, read, hasOwnId = false }: Kind = KINDS[kind];
    const found = records.includes(record.event) ? read(record, isTemporary) : undefined;
    const id = hasOwnId && isText(record['id']) ? record['id'] : `${journal}-${record.n}`;
    if (found) return { id, kind, at: record.at, ...found };
  }
  return undefined;
}

/** A file, as a record tells which one it is. */
export interface EventFile {
  /** Where it is, as its account sees it. */
  readonly path: string;
  readonly size: number;
  /** ISO 8601, as the others. */
  readonly modified: string;
  readonly created?: string | undefined;
  /** `Entry.unique`. */
  readonly unique?: string | undefined;
}

/**
 * The file that an event is about, for rules that act on it; undefined where the record does not tell. A download tells it
 * only where it was of the whole file and in one piece: a client that got the end alone has perhaps not got the rest.
 */
export function eventFileOf(record: AuditRecord, { path }: RuleEvent): EventFile | undefined {
  const { file, offset, bytes, event } = record;
  if (path === undefined || typeof file !== 'object' || file === null) return undefined;
  const { size, modified, created, unique } = file as Readonly<Record<string, unknown>>;
  if (typeof size !== 'number' || !isText(modified)) return undefined;
  if (event === 'transfer.finished' && !(offset === 0 && typeof bytes === 'number' && bytes >= size)) return undefined;
  return { path, size, modified, ...text('created', created), ...text('unique', unique) };
}

/** A time that a file system keeps, or a program sets, may lose a part of a millisecond. */
const ROUNDING_MS = 1;

/** Whether an entry is still the file. Clients set earlier times behind an upload: that does not make it another one. */
export function isStillFile(entry: Entry, file: EventFile): boolean {
  const { kind, size, modified, created, unique } = entry;
  if (kind !== 'file' || size !== file.size) return false;
  const since = modified.getTime() - Date.parse(file.modified);
  if (file.created === undefined || created === undefined) {
    return Math.abs(since) <= ROUNDING_MS && unique === file.unique;
  }
  return since <= ROUNDING_MS && Math.abs(created.getTime() - Date.parse(file.created)) <= ROUNDING_MS;
}

/** Whether a rename gives a file that is whole its final name. A directory is no upload, whatever its name. */
function isUploadByRename({ path, to, entryKind }: AuditRecord, isTemporary: IsTemporary): boolean {
  return isText(path) && isText(to) && entryKind === undefined && isTemporary(path) && !isTemporary(to);
}

function resumedAt({ offset }: AuditRecord): Pick<Facts, 'offset'> {
  return typeof offset === 'number' && offset > 0 ? { offset } : {};
}

function moved(record: AuditRecord): Facts {
  return { ...facts(record), ...text('path', record['to']), ...text('from', record['path']) };
}

const TEXTS = [
  'account',
  'address',
  'protocol',
  'session',
  'node',
  'path',
  'sha256',
  'reason',
  'until',
  'certificate',
  'fingerprint',
  'code',
  'about',
  'rule',
  'due',
] as const;
const NUMBERS = ['bytes', 'percent', 'days'] as const;

function facts(record: AuditRecord): Facts {
  const { marks } = record;
  const texts = TEXTS.map((name) => text(name, record[name]));
  const numbers = NUMBERS.map((name) => (typeof record[name] === 'number' ? { [name]: record[name] } : {}));
  return Object.assign({}, ...texts, ...numbers, Array.isArray(marks) ? { marks } : {}) as Facts;
}

function text(name: string, value: unknown): object {
  return isText(value) ? { [name]: value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
