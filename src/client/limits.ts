import { type LimitRow, limit, overDefaults } from '../core/index.ts';

/**
 * Every bound of the client, in one table: its default, its unit and what passing it does. `docs/limits.md` is made from
 * it. Names that the server has too mean the same there.
 */
export const CLIENT_LIMITS = {
  connectMs: limit(20_000, 'ms', 'Time until a server accepts the control connection, and until it sends its greeting'),
  tlsHandshakeMs: limit(15_000, 'ms', 'A TLS handshake, on either channel; then the connection is dropped'),
  replyMs: limit(60_000, 'ms', 'Time until the reply to a command; then the connection is dropped'),
  replySilenceMs: limit(
    5000,
    'ms',
    'Time without another byte of a reply that lacks its last line end, or ends with another code; then it counts as complete',
  ),
  finalReplyMs: limit(
    300_000,
    'ms',
    'Time from the last byte of a transfer to its final reply: servers store, scan and hash before they reply',
  ),
  maxPortRequests: limit(3, 'commands', 'EPSV or PASV commands of one transfer that the server answers with 425'),
  dataConnectMs: limit(20_000, 'ms', 'Time until a data connection is open'),
  stallMs: limit(
    60_000,
    'ms',
    'Time without a byte moving on a data connection while the client waits for the server; a slow local side does not count',
  ),
  closeNotifyMs: limit(
    15_000,
    'ms',
    "After an upload in TLS, the time to wait for the server's close_notify; then the data counts as sent",
  ),
  replyFlushMs: limit(
    5000,
    'ms',
    'Time until the server answers the end of a data stream with its own, and until it has received what the client sends',
  ),
  keepAliveMs: limit(30_000, 'ms', 'Time between two NOOPs on the control connection while a transfer runs'),
  abortMs: limit(5000, 'ms', 'Time until the server ends an aborted transfer; then the connection is replaced'),
  closeMs: limit(2000, 'ms', 'Time until the server answers QUIT'),
  idleMs: limit(60_000, 'ms', 'Time until an unused connection of a pool is closed; one stays open'),
  maxLineBytes: limit(16_384, 'bytes', 'Length of one line of a reply'),
  maxQueuedReplyLines: limit(1024, 'lines', 'Unsolicited lines; beyond that, the client stops reading from the server'),
  maxReplyLines: limit(10_000, 'lines', 'Lines of one reply'),
  maxReplyBytes: limit(1_048_576, 'bytes', 'Length of one reply'),
  maxListingLineBytes: limit(16_384, 'bytes', 'Length of one line of a listing; a longer one is skipped'),
  maxListingEntries: limit(10_000_000, 'entries', 'Entries of one directory, skipped ones included'),
  maxListingBytes: limit(2_147_483_648, 'bytes', 'Length of one listing'),
  maxWalkDepth: limit(100, 'levels', 'Depth of a tree that is walked'),
  maxWalkEntries: limit(1_000_000_000, 'entries', 'Entries of a tree that is walked'),
  maxBufferBytes: limit(
    268_435_456,
    'bytes',
    'Size of a file that is read into memory, and of a listing that is kept in memory because other calls wait for its connection',
  ),
  maxUnannouncedBytes: limit(
    4_294_967_296,
    'bytes',
    'Bytes beyond the size in `150 ... (n bytes)`, if SIZE reports none; then the download ends. Servers that count in 32 bits report a size that is too small by this amount',
  ),
  bundledFileBytes: limit(
    65_536,
    'bytes',
    'Size up to which files go together in one transfer, where the server can do that (BNDL)',
  ),
  maxBundledFiles: limit(64, 'files', 'Files of a bundle that are in memory or unanswered; further ones wait'),
  maxTreeEntries: limit(
    20_000,
    'entries',
    'Entries of a tree whose listings are fetched at once and kept in memory; directories beyond that are listed one by one',
  ),
  sshHandshakeMs: limit(
    15_000,
    'ms',
    'Time until the first key exchange of SSH is done; then the connection is dropped',
  ),
  maxSftpPacketBytes: limit(270_336, 'bytes', 'Length of one packet of an SFTP server'),
  maxSftpTransferBytes: limit(
    262_144,
    'bytes',
    'Bytes of one read or write over SFTP, as far as the server allows; 32,768 where it does not say',
  ),
  maxSftpRequests: limit(64, 'requests', 'Requests of one SFTP transfer that are not answered yet'),
  maxSftpRequestBytes: limit(
    33_554_432,
    'bytes',
    'Bytes of all SFTP requests and replies of a connection that are on their way; further requests wait',
  ),
  maxSftpHandleBytes: limit(
    256,
    'bytes',
    'Length of a handle of an SFTP server (draft-ietf-secsh-filexfer-02 section 6.2)',
  ),
  maxSshUnreadBytes: limit(
    67_108_864,
    'bytes',
    'Bytes that an SSH server has not read, answers to what it asks included; then the connection is dropped',
  ),
  maxKnownHostsBytes: limit(16_777_216, 'bytes', 'Length of a file of known hosts'),
  maxQueuedCalls: limit(100_000, 'calls', 'Calls that wait for a connection; further ones fail'),
} as const satisfies Record<string, LimitRow>;

export type ClientLimitName = keyof typeof CLIENT_LIMITS;
export type ClientLimits = { readonly [name in ClientLimitName]: number };

/** The defaults, with what is given put over them. */
export function clientLimitsWith(given: Partial<ClientLimits> = {}): ClientLimits {
  return overDefaults(CLIENT_LIMITS, given);
}
