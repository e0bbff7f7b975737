import type {
  ConnectionRefusal,
  DataRefusal,
  Direction,
  Ending,
  FileChangeKind,
  GateOutcome,
  HandshakeFailure,
  LoginMethod,
  LoginRefusal,
  TransferFacts,
} from '../../core/index.ts';

/**
 * What bounds a label whose values the code does not know: what the configuration names, and nothing that a peer sends.
 * `accounts` counts where `metrics.perAccount` is on, up to a limit.
 */
export type LabelSource =
  | 'front-ends'
  | 'modes'
  | 'processes'
  | 'certificates'
  | 'storages'
  | 'accounts'
  | 'versions'
  | 'rules';

/** The values that a label can have. */
type LabelValues = readonly string[] | LabelSource;

/** One metric. Its labels are named in the order in which values are given. */
export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: { readonly [label: string]: LabelValues };
  /** Upper bounds of the buckets of a histogram, without the infinite one. */
  readonly buckets?: readonly number[];
}

/** The closed set of a type of texts. The compiler demands that it is whole. */
function every<Value extends string>(values: { readonly [Each in Value]: true }): readonly Value[] {
  return Object.keys(values) as Value[];
}

/** The value that stands for all that a set does not name. */
export const OTHER = 'other';

const METHODS = every<LoginMethod>({ password: true, certificate: true, 'public-key': true });
const DIRECTIONS = every<Direction>({ upload: true, download: true, listing: true });
const OUTCOMES = every<TransferFacts['outcome']>({ complete: true, 'kept-partial': true, discarded: true });
const ENDINGS = every<Ending>({ clean: true, cut: true, reset: true, stalled: true, aborted: true });

const LOGIN_REFUSALS = every<LoginRefusal>({
  credentials: true,
  banned: true,
  throttled: true,
  expired: true,
  'password-due': true,
  'password-missing': true,
  'code-missing': true,
  'new-password': true,
  address: true,
  'too-many-sessions': true,
  unavailable: true,
});

const CONNECTION_REFUSALS = every<ConnectionRefusal>({
  draining: true,
  full: true,
  'full-for-address': true,
  credentials: true,
  banned: true,
  throttled: true,
  expired: true,
  'password-due': true,
  'password-missing': true,
  'code-missing': true,
  'new-password': true,
  address: true,
  'too-many-sessions': true,
  unavailable: true,
});

const DATA_REFUSALS = every<DataRefusal>({
  'no-endpoint': true,
  'no-port': true,
  timeout: true,
  refused: true,
  gone: true,
  'tls-failed': true,
  'session-not-reused': true,
  'wrong-certificate': true,
  reset: true,
  stalled: true,
  aborted: true,
  'bad-data': true,
  stranger: true,
});

const HANDSHAKE_FAILURES = every<HandshakeFailure>({
  'not-tls': true,
  'no-common-version': true,
  'no-common-cipher': true,
  'certificate-refused': true,
  'client-certificate': true,
  timeout: true,
  'peer-closed': true,
  reset: true,
  injected: true,
  other: true,
});

const CHANGES = every<FileChangeKind>({
  stored: true,
  removed: true,
  copied: true,
  renamed: true,
  'directory-made': true,
  'directory-removed': true,
  'times-set': true,
  'mode-set': true,
  linked: true,
  combined: true,
});

const GATE_OUTCOMES = every<GateOutcome>({
  accepted: true,
  refused: true,
  quarantined: true,
  unanswered: true,
  overloaded: true,
  abandoned: true,
});

/** As `command.refused` has them. */
const REFUSAL_REPLIES = ['530', '550', '552', '553', OTHER];
const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3', OTHER];
const CHANNELS = ['control', 'data'];
const YES_OR_NO = ['true', 'false'];
/** The suites of the profiles (`transport/tls/tls-settings.ts`), by the names of their RFCs. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  OTHER,
];

const BANNED_BY = ['failed-logins', 'operator'];

const protocol = 'front-ends';
const process = 'processes';
const TRANSFER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];
const SESSION_SECONDS = [0.1, 1, 10, 60, 300, 1800, 7200, 28_800];
const DELAY_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** What is counted from the stream of events. Every series is there from the start, at 0. */
export const EVENT_METRICS = {
  sessions: counter('lockport_sessions_total', 'Sessions that began', { protocol, mode: 'modes' }),
  sessionDuration: histogram('lockport_session_duration_seconds', 'Length of sessions that ended', SESSION_SECONDS, {
    protocol,
  }),
  connectionsRefused: counter('lockport_connections_refused_total', 'Connections that got no session', {
    protocol,
    reason: CONNECTION_REFUSALS,
  }),
  handshakes: counter('lockport_tls_handshakes_total', 'TLS handshakes that succeeded', {
    channel: CHANNELS,
    version: TLS_VERSIONS,
    resumed: YES_OR_NO,
  }),
  ciphers: counter('lockport_tls_handshakes_by_cipher_total', 'TLS handshakes that succeeded, by cipher suite', {
    cipher: CIPHERS,
  }),
  handshakesFailed: counter('lockport_tls_handshakes_failed_total', 'TLS handshakes of sessions that failed', {
    reason: HANDSHAKE_FAILURES,
  }),
  logins: counter('lockport_logins_total', 'Logins that succeeded', { protocol, method: METHODS }),
  loginsFailed: counter('lockport_logins_failed_total', 'Logins that were refused', {
    protocol,
    method: METHODS,
    reason: LOGIN_REFUSALS,
  }),
  bans: counter('lockport_bans_total', 'Bans of addresses after too many failed logins', {}),
  commandsRefused: counter(
    'lockport_commands_refused_total',
    'Commands that were refused, by reply code, as far as the log names them (limits.maxLoggedRefusals)',
    { protocol, reply: REFUSAL_REPLIES },
  ),
  dataRefused: counter('lockport_data_connections_refused_total', 'Data connections that were not had', {
    protocol,
    reason: DATA_REFUSALS,
  }),
  gateQuestions: counter(
    'lockport_gate_questions_total',
    'Files that a gate was asked about, by what came of it and whether the file was taken',
    { protocol, outcome: GATE_OUTCOMES, admitted: YES_OR_NO },
  ),
  gateDuration: histogram('lockport_gate_duration_seconds', 'Time until a gate had decided', TRANSFER_SECONDS, {
    protocol,
  }),
  transfers: counter('lockport_transfers_total', 'Transfers that ended, by what became of the file', {
    protocol,
    direction: DIRECTIONS,
    outcome: OUTCOMES,
  }),
  transferEndings: counter('lockport_transfer_endings_total', 'Transfers that ended, by how their data ended', {
    protocol,
    direction: DIRECTIONS,
    ending: ENDINGS,
  }),
  transferBytes: counter('lockport_transfer_bytes_total', 'Bytes of files and listings that moved', {
    protocol,
    direction: DIRECTIONS,
  }),
  transferDuration: histogram('lockport_transfer_duration_seconds', 'Length of transfers', TRANSFER_SECONDS, {
    protocol,
    direction: DIRECTIONS,
  }),
  changes: counter('lockport_file_changes_total', 'Completed changes of files and directories', {
    protocol,
    change: CHANGES,
  }),
  failures: counter('lockport_failures_total', 'Failures inside the server, which the log names', {}),
  warnings: counter('lockport_warnings_total', 'Warnings for the operator, which the log names', {}),
} as const satisfies Record<string, MetricRow>;

/** What is read when somebody asks for the page. */
export const READ_METRICS = {
  build: gauge('lockport_build_info', 'Always 1; the labels name the versions', {
    version: 'versions',
    node: 'versions',
    openssl: 'versions',
  }),
  started: gauge('lockport_start_time_seconds', 'When the service began, in seconds since 1970', {}),
  ready: gauge('lockport_ready', '1 where /readyz answers that the server is ready, else 0', {}),
  sessionsOpen: gauge('lockport_sessions_open', 'Sessions that are open', { protocol, mode: 'modes' }),
  transfersRunning: gauge('lockport_transfers_running', 'Transfers that run', { process, direction: DIRECTIONS }),
  workers: gauge('lockport_workers', 'Worker processes that are configured; 0: one process does everything', {}),
  workersServing: gauge('lockport_workers_serving', 'Worker processes that serve and answer', {}),
  workerRestarts: counter('lockport_worker_restarts_total', 'Worker processes that ended and were replaced', {}),
  eventsQueued: gauge('lockport_events_queued', 'Events of a worker that wait to be sent', { process }),
  eventsLost: counter('lockport_events_lost_total', 'Events of a worker that found no room: counts miss them', {
    process,
  }),
  auditWritten: gauge(
    'lockport_audit_written',
    '1 where audit records can be written, 0 where the disk takes none',
    {},
  ),
  auditQueued: gauge('lockport_audit_queued_bytes', 'Audit records that wait to be written', {}),
  auditLost: counter('lockport_audit_records_lost_total', 'Audit records that found no room', {}),
  auditTrail: gauge('lockport_audit_trail_bytes', 'Size of the audit trail', {}),
  auditDisk: gauge('lockport_audit_disk_size_bytes', 'Size of the volume of the audit trail', {}),
  auditAvailable: gauge(
    'lockport_audit_disk_available_bytes',
    'Space that is left on the volume of the audit trail',
    {},
  ),
  bansInForce: gauge('lockport_bans_in_force', 'Bans of addresses and networks that hold now', { by: BANNED_BY }),
  logQueued: gauge('lockport_log_queued_bytes', 'Log lines that wait to be written or sent', {
    output: ['standard-output', 'syslog'],
  }),
  logLost: counter('lockport_log_lines_lost_total', 'Log lines that found no room', {
    output: ['standard-output', 'syslog'],
  }),
  eventLoopDelay: histogram(
    'lockport_event_loop_delay_seconds',
    'How late a process does what is due, looked at ten times a second',
    DELAY_SECONDS,
    { process },
  ),
  residentMemory: gauge('lockport_process_resident_memory_bytes', 'Memory of a process (RSS)', { process }),
  heapUsed: gauge('lockport_process_heap_used_bytes', 'Memory of JavaScript objects in use', { process }),
  heapTotal: gauge('lockport_process_heap_size_bytes', 'Memory that is held for JavaScript objects', { process }),
  cpu: counter('lockport_process_cpu_seconds_total', 'Processor time of a process', { process }),
  certificate: gauge(
    'lockport_certificate_remaining_seconds',
    'Time until a certificate in use expires; 86400 are a day, negative once it has expired',
    { certificate: 'certificates' },
  ),
  storageSize: gauge('lockport_storage_size_bytes', 'Size of the volume of a storage', { storage: 'storages' }),
  storageAvailable: gauge('lockport_storage_available_bytes', 'Space that is left on the volume of a storage', {
    storage: 'storages',
  }),
  quotaAccounts: gauge(
    'lockport_quota_accounts',
    'Accounts with a quota that is counted since the start, and how many of them have used that share of it',
    { used: ['any', '80%', '95%', '100%'] },
  ),
  ruleAttempts: counter(
    'lockport_rule_attempts_total',
    'Attempts to carry out an action of a rule since the start, by what came of them; dead: given up',
    { rule: 'rules', outcome: ['delivered', 'failed', 'dead'] },
  ),
  ruleUndelivered: gauge('lockport_rule_undelivered_events', 'Events of a rule that wait, or are tried again', {
    rule: 'rules',
  }),
  ruleOldest: gauge('lockport_rule_oldest_seconds', 'Age of the oldest event of a rule that waits; 0: none does', {
    rule: 'rules',
  }),
  ruleUnread: gauge('lockport_rule_unread_records', 'Records of the audit trail that a rule has not looked at', {
    rule: 'rules',
  }),
  ruleDeadLetters: gauge('lockport_rule_dead_letters', 'Dead letters of a rule', { rule: 'rules' }),
  quotaUsed: gauge('lockport_quota_used_bytes', 'Bytes used in homes that are counted, each home once', {}),
  accountUsed: gauge('lockport_account_used_bytes', 'Bytes used in the home of an account (metrics.perAccount)', {
    account: 'accounts',
  }),
  accountQuota: gauge('lockport_account_quota_bytes', 'Quota of an account, in bytes (metrics.perAccount)', {
    account: 'accounts',
  }),
} as const satisfies Record<string, MetricRow>;

export type EventMetric = keyof typeof EVENT_METRICS;
export type ReadMetric = keyof typeof READ_METRICS;

/** Every metric, in the order of the page and of docs/monitoring.md. */
export const METRICS: readonly MetricRow[] = [...Object.values(READ_METRICS), ...Object.values(EVENT_METRICS)];

function counter<Labels extends MetricRow['labels']>(name: string, help: string, labels: Labels) {
  return { name, type: 'counter', help, labels } as const;
}

function gauge<Labels extends MetricRow['labels']>(name: string, help: string, labels: Labels) {
  return { name, type: 'gauge', help, labels } as const;
}

function histogram<Labels extends MetricRow['labels']>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: Labels,
) {
  return { name, type: 'histogram', help, labels, buckets } as const;
}
