import type { Entry, Expiry, FileChange, ServerEvent, TlsFacts, Trouble } from '../../core/index.ts';

type EventOf<Name extends ServerEvent['event']> = Extract<ServerEvent, { readonly event: Name }>;

/** What a record holds beside its number, its time and its chain value. */
export interface AuditFields {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** The longest text of a client in a record, in UTF-16 units: longer than any path. */
const MAX_TEXT_LENGTH = 4096;

type FieldsOf = { readonly [Name in ServerEvent['event']]?: (event: EventOf<Name>) => object };

/** The events that are recorded, and what is recorded of each beside whom, where from and by which process. */
const RECORDED: FieldsOf = {
  listening: ({ mode, address, port }) => ({ mode, address, port }),
  stopped: () => ({}),
  'session.refused': ({ reason }) => ({ outcome: 'refused', reason }),
  'session.secured': ({ tls }) => ({ tls: tlsOf(tls) }),
  'session.keys-exchanged': ({ ssh }) => ({ ssh: { ...ssh, client: bounded(ssh.client) } }),
  'session.closed': ({ reason, durationMs }) => ({ reason, durationMs }),
  'login.succeeded': ({ user, method, key }) => ({ user: bounded(user), method, key, outcome: 'success' }),
  'login.failed': ({ user, key, reason }) => ({
    user: bounded(user),
    key,
    outcome: 'failure',
    reason: bounded(reason),
  }),
  'password.changed': () => ({ outcome: 'complete' }),
  'account.locked': ({ locked, until }) => ({ account: locked, until: until.toISOString() }),
  'address.banned': ({ network, until }) => ({ address: network, until: until.toISOString() }),
  'ban.set': ({ network, until, reason }) => ({
    address: network,
    until: until.toISOString(),
    reason: bounded(reason),
  }),
  'ban.lifted': ({ network }) => ({ address: network }),
  'operator.acted': ({ by, action, about, outcome, failure }) => ({
    by: bounded(by),
    action,
    ...about,
    outcome,
    failure: failure && bounded(failure),
  }),
  'quota.passed': ({ account, home, percent, marks, bytes, files, maxBytes, maxFiles }) => ({
    account,
    home,
    percent,
    marks,
    bytes,
    files,
    maxBytes,
    maxFiles,
  }),
  'account.expires': expiryOf,
  'password.expires': expiryOf,
  'certificate.expires': ({ certificate, fingerprint, ...expiry }) => ({
    certificate: bounded(certificate),
    fingerprint,
    ...expiryOf(expiry),
  }),
  'trouble.began': troubleOf,
  'trouble.ended': troubleOf,
  'schedule.due': ({ rule, due, schedule, timeZone }) => ({
    rule,
    due: due.toISOString(),
    schedule: `${schedule} ${timeZone}`,
  }),
  'admin.signed-in': ({ administrator, address }) => ({ administrator, address, protocol: 'api', outcome: 'success' }),
  'admin.sign-in-failed': ({ administrator, address, reason }) => ({
    administrator: bounded(administrator),
    address,
    protocol: 'api',
    outcome: 'failure',
    reason,
  }),
  'admin.acted': ({ administrator, token, address, action, target, outcome, reason, before, after }) => ({
    account: target?.['account'] && bounded(target['account']),
    administrator,
    token,
    address,
    protocol: 'api',
    action,
    target: target && Object.fromEntries(Object.entries(target).map(([name, text]) => [name, bounded(text)])),
    outcome,
    reason: reason && bounded(reason),
    before,
    after,
  }),
  'command.refused': ({ verb, path, reply, reason }) => ({
    verb,
    path: path && bounded(path),
    outcome: 'refused',
    reply,
    reason: bounded(reason),
  }),
  'gate.asked': ({ gate, path, from, bytes, outcome, isAdmitted, reason, quarantined, durationMs }) => ({
    gate,
    path: bounded(path),
    from: from && bounded(from),
    bytes,
    outcome,
    isAdmitted,
    reason,
    quarantined,
    durationMs,
  }),
  'data.refused': ({ reason }) => ({ outcome: 'refused', reason }),
  'transfer.started': ({ verb, direction, path }) => ({ verb, direction, path: bounded(path) }),
  'transfer.finished': ({ verb, direction, path, offset, bytes, durationMs, ending, outcome, reply, ...rest }) => ({
    verb,
    direction,
    path: bounded(path),
    offset,
    bytes,
    sha256: rest.sha256,
    durationMs,
    ending,
    outcome,
    reply,
    reason: rest.reason && bounded(rest.reason),
    tls: rest.tls && tlsOf(rest.tls),
    file: rest.entry && fileOf(rest.entry),
    partial: rest.isPartial,
  }),
  'file.changed': changeOf,
  'rule.acted': ({ rule, account, ...change }) => ({ account, rule, ...changeOf(change) }),
};

type RecordedName = keyof typeof RECORDED;

/** Those that come before a transfer has moved anything are worth a line only where nothing may happen without one. */
const BEFOREHAND: ReadonlySet<RecordedName> = new Set(['transfer.started']);

/** The names of the events that are recorded. @param isStrict whether that an operation begins is recorded, too */
export function recordedEvents(isStrict: boolean): readonly RecordedName[] {
  const names = Object.keys(RECORDED) as RecordedName[];
  return names.filter((name) => isStrict || !BEFOREHAND.has(name));
}

/** What is recorded of an event; undefined for one that is not. */
export function recordOf(event: ServerEvent): AuditFields | undefined {
  const fields = RECORDED[event.event] as ((event: ServerEvent) => object) | undefined;
  if (!fields) return undefined;
  const { worker } = event;
  if (!('session' in event)) return { event: event.event, worker, ...fields(event) };
  const { account, address, protocol, session } = event;
  return { event: event.event, worker, account, address, protocol, session, ...fields(event) };
}

function troubleOf({ id, code, about, reason }: Trouble): object {
  return { id, code, about, reason: bounded(reason) };
}

function expiryOf({ account, expires, days, marks }: Expiry & { readonly account?: string }): object {
  return { account, until: expires.toISOString(), days, marks };
}

function changeOf({ change, path, to, entry, replaced }: FileChange): object {
  return {
    change,
    path: bounded(path),
    to: to && bounded(to),
    entryKind: entry && entry.kind !== 'file' ? entry.kind : undefined,
    bytes: entry?.size,
    replacedBytes: replaced?.size,
    outcome: 'complete',
    file: entry && fileOf(entry),
  };
}

/** By what a rule that acts on the file knows it again. */
function fileOf({ kind, size, modified, created, unique }: Entry): object | undefined {
  if (kind !== 'file') return undefined;
  return { size, modified: modified.toISOString(), created: created?.toISOString(), unique };
}

/** A text of a client, cut where it is too long, with a mark. */
function bounded(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  return `${text.slice(0, MAX_TEXT_LENGTH)}… (${text.length - MAX_TEXT_LENGTH} more characters)`;
}

function tlsOf({ version, cipher, resumed, serverName, clientCertificate }: TlsFacts): object {
  return {
    version,
    cipher,
    resumed,
    serverName: serverName && bounded(serverName),
    certificate: clientCertificate?.fingerprint,
  };
}
