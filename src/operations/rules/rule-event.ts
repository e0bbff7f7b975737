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
  readonly sha256?: string;
  readonly reason?: string;
  /** Of a ban or a lock: until when, ISO 8601. */
  readonly until?: string;
}

type Facts = Omit<RuleEvent, 'id' | 'kind' | 'at'>;

/** Whether the last name of a path is one that clients give a file until it is whole. */
export type IsTemporary = (path: string) => boolean;

interface Kind {
  /** Of the records that may tell it. */
  readonly records: readonly string[];
  /** Whether it is of a file: rules can ask for its path. */
  readonly isOfFile: boolean;
  /** What a record tells; undefined where it tells no such event. */
  readonly read: (record: AuditRecord, isTemporary: IsTemporary) => Facts | undefined;
}

/**
 * Every kind of event, and how the audit trail tells it. A file is uploaded when it is whole and stands under its name: an
 * upload to a temporary name is told by the rename that ends it, once.
 */
const KINDS = {
  uploaded: {
    records: ['file.changed'],
    isOfFile: true,
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
    read: (record) =>
      record['direction'] === 'download' && record['outcome'] === 'complete' ? facts(record) : undefined,
  },
  removed: {
    records: ['file.changed'],
    isOfFile: true,
    read(record, isTemporary) {
      const { change, path } = record;
      return change === 'removed' && isText(path) && !isTemporary(path) ? facts(record) : undefined;
    },
  },
  renamed: {
    records: ['file.changed'],
    isOfFile: true,
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
    read: (record) => ({ ...facts(record), ...text('account', record['user']) }),
  },
  banned: { records: ['address.banned', 'ban.set'], isOfFile: false, read: facts },
  'account-locked': { records: ['account.locked'], isOfFile: false, read: facts },
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
    const { records, read }: Kind = KINDS[kind];
    const found = records.includes(record.event) ? read(record, isTemporary) : undefined;
    if (found) return { id: `${journal}-${record.n}`, kind, at: record.at, ...found };
  }
  return undefined;
}

/** Whether a rename gives a file that is whole its final name. A directory is no upload, whatever its name. */
function isUploadByRename({ path, to, entryKind }: AuditRecord, isTemporary: IsTemporary): boolean {
  return isText(path) && isText(to) && entryKind === undefined && isTemporary(path) && !isTemporary(to);
}

function moved(record: AuditRecord): Facts {
  return { ...facts(record), ...text('path', record['to']), ...text('from', record['path']) };
}

const TEXTS = ['account', 'address', 'protocol', 'session', 'node', 'path', 'sha256', 'reason', 'until'] as const;

function facts(record: AuditRecord): Facts {
  const { bytes } = record;
  const texts = TEXTS.map((name) => text(name, record[name]));
  return Object.assign({}, ...texts, typeof bytes === 'number' ? { bytes } : {}) as Facts;
}

function text(name: string, value: unknown): object {
  return isText(value) ? { [name]: value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
