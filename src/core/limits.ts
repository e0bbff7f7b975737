/**
 * Every bound of the server, in one table: its default, its unit and what passing it does. `docs/limits.md` and the
 * configuration's `limits:` section are made from it.
 */
export const LIMITS = {
  maxLineBytes: limit(8192, 'bytes', 'Length of one command line; a longer one is refused with 500 and skipped'),
  maxQueuedCommands: limit(
    64,
    'commands',
    'Commands that wait for a running one; beyond that, the server stops reading from the peer',
  ),
  maxReplyQueueBytes: limit(65_536, 'bytes', 'Replies that the peer has not read; beyond that, the session ends'),
  maxUnknownCommands: limit(10, 'commands', 'Unknown or malformed commands before the login; then 421'),
  maxLoggedRefusals: limit(
    1000,
    'commands',
    'Refused commands of one session that the log names; before the login, only the first one',
  ),
  maxFailedLogins: limit(5, 'attempts', 'Failed passwords in one session; then 421'),
  failedLoginDelayMs: limit(1000, 'ms', 'Delay of the reply to the first failed login; doubles with each further one'),
  maxFailedLoginDelayMs: limit(8000, 'ms', 'Longest delay of the reply to a failed login'),
  banAfterFailedLogins: limit(
    20,
    'attempts',
    'Failed logins from one address within `failedLoginWindowMs`; then the address is banned',
  ),
  failedLoginWindowMs: limit(600_000, 'ms', 'How long a failed login counts'),
  banMs: limit(900_000, 'ms', 'How long an address stays banned'),
  maxOperatorBans: limit(10_000, 'entries', 'Bans that operators have set; further ones are refused'),
  knownAddressMs: limit(
    604_800_000,
    'ms',
    'After a login, how long failed logins from other addresses do not slow the account down at its address',
  ),
  maxTrackedLogins: limit(
    50_000,
    'entries',
    'Addresses and user names whose logins are remembered; beyond that, the oldest are dropped',
  ),
  maxFailureNetworks: limit(
    256,
    'entries',
    'Networks (IPv4 /24, IPv6 /48) whose last failed handshakes and logins are kept for `lockport explain`, four addresses of each; beyond that, the oldest are dropped',
  ),
  // Files and password hashes share libuv's threads.
  maxConcurrentPasswordChecks: limit(2, 'checks', 'Password hashes computed at once; further ones wait'),
  maxWaitingPasswordChecks: limit(128, 'checks', 'Password checks that may wait; further ones are refused'),
  verifiedPasswordMs: limit(
    600_000,
    'ms',
    'How long the server accepts a correct password of an account again without hashing it; 0 turns this off',
  ),
  maxQueuedEvents: limit(
    10_000,
    'events',
    'Events that wait for a slow receiver; further ones are dropped and counted',
  ),
  maxMetricsAccounts: limit(100, 'entries', 'Accounts with metrics of their own, where `metrics.perAccount` is on'),
  maxSyslogQueueBytes: limit(
    4_194_304,
    'bytes',
    'Log lines that wait for the syslog server; further ones are dropped and counted',
  ),
  maxTracedSessions: limit(10_000, 'entries', 'Sessions with an open span; beyond that, the oldest span is ended'),
  maxStrangerLogLines: limit(
    60,
    'lines',
    'Log lines a minute, in each process, about sessions without a login from one address; further ones are only counted',
  ),
  maxStrangerRecords: limit(
    600,
    'records',
    'Audit records a minute about sessions without a login from one address, failed logins aside; further ones are only counted',
  ),
  maxAuditQueueBytes: limit(
    16_777_216,
    'bytes',
    'Audit records that wait for the disk; further ones are lost and counted, or with `audit.onFailure: refuse` their operations are refused',
  ),
  auditStallMs: limit(
    10_000,
    'ms',
    'Time without progress of the disk that takes audit records; then it counts as broken until it goes on',
  ),
  maxUndeliveredEvents: limit(
    1000,
    'events',
    'Events of one rule that wait or are tried again; further ones wait in the audit trail',
  ),
  maxRuleActionsAtOnce: limit(4, 'calls', 'Actions of one rule that run at once'),
  ruleRetryMs: limit(5000, 'ms', 'Pause before an action of a rule that failed is tried again; it triples each time'),
  maxRuleRetryMs: limit(21_600_000, 'ms', 'Longest pause before an action of a rule is tried again'),
  ruleGiveUpMs: limit(
    259_200_000,
    'ms',
    'How long an action of a rule is tried; then the event becomes a dead letter (`lockport rules list`)',
  ),
  maxDeadLetters: limit(10_000, 'events', 'Dead letters of one rule; beyond that, the oldest are dropped'),
  maxGateQuestions: limit(
    32,
    'questions',
    'Files that one gate is asked about at once, in each process; further ones wait',
  ),
  maxGateQuestionsOfAccount: limit(
    4,
    'questions',
    'Of these, files of one account, so that others need not wait for it',
  ),
  maxWaitingGateQuestions: limit(
    256,
    'questions',
    'Files that wait for one gate, in each process; further ones get 450',
  ),
  maxQuarantineFiles: limit(10_000, 'files', 'Files in the quarantine directory; further ones are refused only'),
  maxQuarantineMebibytes: limit(10_240, 'MiB', 'Size of the quarantine directory; beyond that, files are refused only'),
  maxVerifiedPasswords: limit(
    10_000,
    'entries',
    'Correct passwords that are remembered as keyed digests; beyond that, the oldest are dropped',
  ),
  maxConnections: limit(10_000, 'connections', 'Control connections in all; a further one gets 421'),
  maxConnectionsPerAddress: limit(20, 'connections', 'Control connections from one address; a further one gets 421'),
  tlsHandshakeMs: limit(15_000, 'ms', 'A TLS handshake, on either channel; then the connection is dropped'),
  loginMs: limit(30_000, 'ms', 'Time from the greeting to a complete login; then 421'),
  idleMs: limit(300_000, 'ms', 'Time between commands, outside transfers; then 421 (RFC 1123 section 4.1.3.2)'),
  dataConnectMs: limit(20_000, 'ms', 'Time until the data connection arrives; then 425'),
  stallMs: limit(60_000, 'ms', 'Time without a byte moving on a data connection; then 426'),
  clearEndMs: limit(
    20,
    'ms',
    'After an upload whose completeness TLS does not prove: if the control connection ends within this time, the reply is 426',
  ),
  passiveIdleMs: limit(60_000, 'ms', 'Time that a passive port waits for its transfer command; then it is closed'),
  closeNotifyMs: limit(
    2000,
    'ms',
    "After a download in TLS, the time to wait for the peer's close_notify; then 226 in either case",
  ),
  earlyHandshakeMs: limit(
    10,
    'ms',
    'Time that a data connection waits for its transfer command before the server answers a TLS handshake that the client began',
  ),
  refusalFlushMs: limit(1000, 'ms', 'Time for a refused peer to receive its 421'),
  replyFlushMs: limit(15_000, 'ms', 'Time for a peer to receive the reply that ends its session'),
  maxPassiveListeners: limit(2000, 'ports', 'Passive ports open at once, divided among workers; then 425'),
  maxGlobWildcards: limit(8, 'wildcards', 'Wildcards in one listing pattern; more are refused with 501'),
  maxListingDepth: limit(32, 'levels', 'Depth of a recursive listing (LIST -R)'),
  maxCombineParts: limit(256, 'files', 'Parts in one COMB'),
  maxBundleFilesAtOnce: limit(16, 'files', 'Files of one bundle that the server works on at once; further ones wait'),
  maxBundleResultsKept: limit(
    64,
    'files',
    'Results of a bundle that are repeated in its final reply if it was cut: as many as a client may leave unanswered',
  ),
  maxBundleDirectories: limit(
    10_000,
    'entries',
    'Directories of a recursive listing that are still to be listed; those beyond are left to the client',
  ),
  maxConcurrentDigests: limit(2, 'files', 'Files hashed at once for one account (HASH, XCRC, ...); more get 450'),
  maxInflateRatio: limit(
    200,
    'times',
    'MODE Z: decompressed bytes for each compressed byte, after the first MiB (zlib can reach 1030); more ends in 426',
  ),
  sessionTicketMs: limit(86_400_000, 'ms', 'How long data connections may resume a TLS session'),
  sshHandshakeMs: limit(15_000, 'ms', 'SFTP: the first key exchange; then the connection is dropped'),
  maxSshAuthRequests: limit(
    30,
    'requests',
    'SFTP: requests to sign in on one connection, keys that a client only asks about included; then it ends',
  ),
  maxSshChannels: limit(
    8,
    'channels',
    'SFTP: channels of one connection at once, and closed ones whose requests still run; further ones are refused',
  ),
  maxSshChannelsOpened: limit(
    1000,
    'channels',
    'SFTP: channels of one connection from its beginning to its end; further ones are refused',
  ),
  maxSshUnreadBytes: limit(
    1_048_576,
    'bytes',
    'SFTP: replies that the peer has not read; beyond that, the server stops reading from it',
  ),
  maxSshKeyExchanges: limit(
    20,
    'requests',
    'SFTP: key exchanges of one connection within a minute; then it ends, because each costs CPU',
  ),
  sshRekeyBytes: limit(1_000_000_000, 'bytes', 'SFTP: bytes on one connection after which keys are exchanged anew'),
  sshRekeyMs: limit(3_600_000, 'ms', 'SFTP: time after which the keys of a connection are exchanged anew'),
  maxSftpPacketBytes: limit(270_336, 'bytes', 'SFTP: length of one packet; a longer one ends its channel'),
  maxSftpRequestsInFlight: limit(
    128,
    'requests',
    'SFTP: requests of one channel that are worked on at once; further ones wait',
  ),
  maxSftpBytesInFlight: limit(
    16_777_216,
    'bytes',
    'SFTP: bytes of requests and replies of one session that are worked on at once; further requests wait',
  ),
  maxSftpHandles: limit(
    256,
    'handles',
    'SFTP: files and directories that one session has open; further ones are refused',
  ),
  sftpUploadEndMs: limit(
    1000,
    'ms',
    'SFTP: how long a request waits that names a file which its own client is still writing; then it is carried out anyway',
  ),
  workerSilenceMs: limit(
    15_000,
    'ms',
    'Time without an answer from a worker process, or from that of the API (four times as long before its first answer); then a new one replaces it',
  ),
  workerAnswerMs: limit(
    2000,
    'ms',
    'Time that a worker process has to tell operators about its sessions; then it is named as silent instead',
  ),
  maxAdminConnections: limit(128, 'connections', 'Connections to the API in all; further ones are closed unread'),
  maxAdminConnectionsPerAddress: limit(
    32,
    'connections',
    'Connections to the API from one address (an IPv6 /64 is one); further ones are closed unread',
  ),
  maxAdminHeaderBytes: limit(16_384, 'bytes', 'Header of one request to the API; a longer one gets 431'),
  maxAdminUrlBytes: limit(4096, 'bytes', 'Address (URL) of one request to the API; a longer one gets 414'),
  maxAdminBodyBytes: limit(65_536, 'bytes', 'Body of one request to the API; a longer one gets 413'),
  adminRequestMs: limit(10_000, 'ms', 'Time for a whole request to the API to arrive; then 408'),
  adminAnswerMs: limit(120_000, 'ms', 'Time for the server to answer a request to the API; then 504'),
  adminConnectionIdleMs: limit(15_000, 'ms', 'Time without a byte on a connection to the API that waits for no answer'),
  maxAdminRequestsAtOnce: limit(
    64,
    'requests',
    'Requests to the API that are there whole and are worked on at once; further ones get 503',
  ),
  maxAdminRequestsPerMinute: limit(
    600,
    'requests',
    'Requests to the API from one address (an IPv6 /64 is one) in a minute; further ones get 429',
  ),
  maxAdminLoginsAtOnce: limit(
    16,
    'attempts',
    'Logins of administrators that wait for their delay or are checked, a quarter of them from one address; further ones get 429',
  ),
  adminIdleMs: limit(900_000, 'ms', 'Time without a request after which a session of an administrator ends'),
  adminSessionMs: limit(43_200_000, 'ms', 'Longest time that a session of an administrator lasts'),
  adminOneTimePasswordMs: limit(
    86_400_000,
    'ms',
    'Time in which the first login by a password that an owner has made for an administrator is accepted',
  ),
  maxAdminStreams: limit(32, 'entries', 'Answers of the API that are sent in parts at once; further ones get 503'),
  maxAdminStreamsEach: limit(
    8,
    'entries',
    'Lists of live events that one administrator has open; further ones get 503',
  ),
  maxAdminStreamEvents: limit(
    1000,
    'events',
    'Events that wait for one who listens to them live; beyond that, the oldest are dropped and counted',
  ),
  adminHeartbeatMs: limit(15_000, 'ms', 'Time without an event after which one who listens is sent a sign of life'),
  adminBackupMs: limit(3_600_000, 'ms', 'Time to take a backup that the API sends; then it is broken off'),
  maxAdminTokens: limit(100, 'entries', 'Tokens of one administrator; over the API, further ones are refused'),
  maxAdminTokenDays: limit(366, 'days', 'Longest time that a token made over the API lasts'),
  maxAdminPasskeys: limit(20, 'entries', 'Passkeys of one administrator; further ones are refused'),
  passkeyChallengeMs: limit(300_000, 'ms', 'Time in which a browser answers by a passkey, or makes one'),
  maxPasskeyAnswers: limit(1000, 'entries', 'Answers by passkeys in that time; further ones get 429'),
  ownerLinkMs: limit(3_600_000, 'ms', 'Time in which the link of a start makes the first owner'),
  maxAdminSessions: limit(200, 'entries', 'Sessions of administrators; beyond that, the oldest ends'),
  maxAdminPage: limit(500, 'entries', 'Entries in one page of a list of the API'),
  webRequestMs: limit(
    15_000,
    'ms',
    'Web: time for the head of a request to arrive, and for its JSON body; then 408, or the connection is closed',
  ),
  webAnswerMs: limit(120_000, 'ms', 'Web: time to work on one request that moves no file; then it is broken off'),
  maxWebHeaderBytes: limit(16_384, 'bytes', 'Web: header of one request; a longer one gets 431'),
  maxWebUrlBytes: limit(16_384, 'bytes', 'Web: address (URL) of one request; a longer one gets 414'),
  maxWebBodyBytes: limit(1_048_576, 'bytes', 'Web: JSON body of one request; a longer one gets 413'),
  maxWebRequestsPerConnection: limit(10_000, 'requests', 'Web: requests on one connection; then it is closed'),
  maxWebRequestsAtOnce: limit(
    16,
    'requests',
    'Web: requests of one session that are worked on at once; further ones get 429',
  ),
  maxWebLoginsAtOnce: limit(
    64,
    'attempts',
    'Web: logins that wait for their delay or are checked at once; further ones get 429',
  ),
  maxWebSessions: limit(2000, 'entries', 'Web: sessions of browsers at once; further logins get 503'),
  webIdleMs: limit(
    900_000,
    'ms',
    'Web: time without a request after which a session ends; an account may have a shorter one',
  ),
  webSessionMs: limit(43_200_000, 'ms', 'Web: longest time that a session lasts'),
  maxWebPage: limit(1000, 'entries', 'Web: entries in one page of a directory'),
  maxWebListedEntries: limit(
    250_000,
    'entries',
    'Web: entries of a directory that are held to sort them; in a larger one, entries are looked for by `find`',
  ),
  maxWebListingsEntries: limit(
    1_000_000,
    'entries',
    'Web: entries of directories that are held for all sessions together; beyond that, the oldest are listed anew',
  ),
  webListingMs: limit(60_000, 'ms', 'Web: time that a listing is held for its next page'),
  maxWebRemovedEntries: limit(100_000, 'entries', 'Web: entries that one request removes; then it stops and says so'),
  maxWebTreeDepth: limit(128, 'levels', 'Web: depth of directories that are removed or sent as a zip'),
  maxWebArchiveFiles: limit(100_000, 'files', 'Web: files and directories in one zip; it is refused with more'),
  maxWebArchives: limit(8, 'entries', 'Web: links to zips of one session that wait to be used; the oldest is dropped'),
  webArchiveMs: limit(60_000, 'ms', 'Web: time in which the link to a zip is used'),
  maxWebUploads: limit(32, 'files', 'Web: uploads of one session at once; further ones get 429'),
  maxWebChunkBytes: limit(67_108_864, 'bytes', 'Web: bytes of an upload in one request; more get 413'),
  webUploadIdleMs: limit(600_000, 'ms', 'Web: time without a chunk after which an upload is put aside for resuming'),
  maxWebPreviewBytes: limit(
    33_554_432,
    'bytes',
    'Web: size of a file that is shown in the browser; a larger one is downloaded',
  ),
  drainMs: limit(60_000, 'ms', 'How long running transfers may continue after SIGTERM'),
  partialKeepMs: limit(604_800_000, 'ms', 'How long an interrupted upload is kept for resuming'),
} as const satisfies Record<string, LimitRow>;

type LimitUnit =
  | 'bytes'
  | 'ms'
  | 'days'
  | 'commands'
  | 'events'
  | 'lines'
  | 'records'
  | 'calls'
  | 'requests'
  | 'attempts'
  | 'checks'
  | 'questions'
  | 'MiB'
  | 'connections'
  | 'channels'
  | 'handles'
  | 'ports'
  | 'wildcards'
  | 'levels'
  | 'entries'
  | 'files'
  | 'times';

export interface LimitRow {
  readonly default: number;
  readonly unit: LimitUnit;
  readonly summary: string;
}

export type LimitName = keyof typeof LIMITS;
export type Limits = { readonly [name in LimitName]: number };

/** The defaults, with what is given put over them. */
export function limitsWith(given: Partial<Limits> = {}): Limits {
  return overDefaults(LIMITS, given);
}

/** The defaults of a table of limits, with what is given put over them. */
export function overDefaults<Name extends string>(
  rows: { readonly [name in Name]: LimitRow },
  given: { readonly [name in Name]?: number },
): { readonly [name in Name]: number } {
  const defaults = Object.entries<LimitRow>(rows).map(([name, row]) => [name, row.default] as const);
  return { ...(Object.fromEntries(defaults) as { readonly [name in Name]: number }), ...given };
}

/** One row of a table of limits. */
export function limit(value: number, unit: LimitUnit, summary: string): LimitRow {
  return { default: value, unit, summary };
}
