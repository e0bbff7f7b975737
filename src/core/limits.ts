/**
 * Every bound of the server, in one table: its default, its unit and what passing it does. `docs/limits.md` and the
 * configuration's `limits:` section are made from it.
 */
export const LIMITS = {
  maxLineBytes: limit(8192, 'bytes', 'Length of one command line; a longer one is refused with 500 and skipped'),
  maxQueuedCommands: limit(64, 'commands', 'Commands that wait behind a running one; then the peer is not read from'),
  maxReplyQueueBytes: limit(65_536, 'bytes', 'Replies that the peer does not read; then the session is closed'),
  maxUnknownCommands: limit(10, 'commands', 'Unknown or malformed commands before signing in; then 421'),
  maxLoggedRefusals: limit(
    1000,
    'commands',
    'Refused commands of one session that the log names; before signing in, the first one alone',
  ),
  maxFailedLogins: limit(5, 'attempts', 'Failed passwords in one session; then 421'),
  failedLoginDelayMs: limit(
    1000,
    'ms',
    'Wait before the answer to a first failed login; doubles with each further one',
  ),
  maxFailedLoginDelayMs: limit(8000, 'ms', 'The longest wait before the answer to a failed login'),
  banAfterFailedLogins: limit(20, 'attempts', 'Failed logins from one address within the window; then it is banned'),
  failedLoginWindowMs: limit(600_000, 'ms', 'How long a failed login counts'),
  banMs: limit(900_000, 'ms', 'How long an address stays banned'),
  knownAddressMs: limit(
    604_800_000,
    'ms',
    'How long after a login failures from elsewhere do not slow that account down at that address',
  ),
  maxTrackedLogins: limit(
    50_000,
    'entries',
    'Addresses, and user names, whose logins are remembered; then the oldest go',
  ),
  // Files and password hashes share libuv's threads.
  maxConcurrentPasswordChecks: limit(2, 'checks', 'Password hashes computed at once; further ones wait'),
  maxWaitingPasswordChecks: limit(128, 'checks', 'Password checks that may wait; further ones are refused'),
  verifiedPasswordMs: limit(
    600_000,
    'ms',
    'How long a password that was right need not be hashed again for the same account; 0 turns that off',
  ),
  maxQueuedEvents: limit(
    10_000,
    'events',
    'Events that wait for something slow that listens to them; what comes then is dropped, and counted',
  ),
  maxStrangerLogLines: limit(
    60,
    'lines',
    'Log lines a minute about sessions from one address that have not signed in, in each process; more are only counted',
  ),
  maxVerifiedPasswords: limit(10_000, 'entries', 'Right passwords remembered so, as keyed digests; then the oldest go'),
  maxConnections: limit(10_000, 'connections', 'Control connections in all; a further one gets 421'),
  maxConnectionsPerAddress: limit(20, 'connections', 'Control connections from one address; a further one gets 421'),
  tlsHandshakeMs: limit(15_000, 'ms', 'A TLS handshake, on either channel; then the connection is dropped'),
  loginMs: limit(30_000, 'ms', 'From the greeting to a complete login; then 421'),
  idleMs: limit(300_000, 'ms', 'Between commands, outside transfers; then 421 (RFC 1123 section 4.1.3.2)'),
  dataConnectMs: limit(20_000, 'ms', 'Until the data connection is there; then 425'),
  stallMs: limit(60_000, 'ms', 'Without a byte moving on a data connection; then 426'),
  clearEndMs: limit(
    20,
    'ms',
    'After an upload that TLS does not prove whole: an end of the control connection within this time makes it 426',
  ),
  passiveIdleMs: limit(60_000, 'ms', 'A passive port waits this long for its transfer command; then it is closed'),
  closeNotifyMs: limit(2000, 'ms', "Behind what was sent in TLS, until the peer's close_notify; then 226 all the same"),
  earlyHandshakeMs: limit(
    10,
    'ms',
    'A data connection waits this long for its transfer command; then a TLS handshake that its client began is answered',
  ),
  refusalFlushMs: limit(1000, 'ms', 'Until a peer that is turned away has taken its 421'),
  replyFlushMs: limit(15_000, 'ms', 'Until a peer has taken a reply that closes its session'),
  maxPassiveListeners: limit(2000, 'ports', 'Passive ports open at once, shared out among workers; then 425'),
  maxGlobWildcards: limit(8, 'wildcards', 'Wildcards in one listing pattern; more are refused with 501'),
  maxListingDepth: limit(32, 'levels', 'Depth of a recursive listing (LIST -R)'),
  maxCombineParts: limit(256, 'files', 'Parts in one COMB'),
  maxConcurrentDigests: limit(2, 'files', 'Files hashed at once for one account (HASH, XCRC, ...); more get 450'),
  maxInflateRatio: limit(
    200,
    'times',
    'MODE Z: bytes out for one byte in, beyond the first MiB (zlib itself can reach 1030); more ends in 426',
  ),
  sessionTicketMs: limit(86_400_000, 'ms', 'How long a TLS session may be resumed by its data connections'),
  workerSilenceMs: limit(
    15_000,
    'ms',
    'A worker process that answers nothing for so long (four times as long while it starts) is ended, and another one takes its place',
  ),
  drainMs: limit(60_000, 'ms', 'How long running transfers may go on after SIGTERM'),
  partialKeepMs: limit(604_800_000, 'ms', 'How long an interrupted upload is kept for resuming'),
} as const satisfies Record<string, LimitRow>;

type LimitUnit =
  | 'bytes'
  | 'ms'
  | 'commands'
  | 'events'
  | 'lines'
  | 'calls'
  | 'attempts'
  | 'checks'
  | 'connections'
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
