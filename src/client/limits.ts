import { type LimitRow, limit, overDefaults } from '../core/index.ts';

/**
 * Every bound of the client, in one table: its default, its unit and what passing it does. `docs/limits.md` is made from
 * it. Names that the server has too mean the same there.
 */
export const CLIENT_LIMITS = {
  connectMs: limit(20_000, 'ms', 'Until a server accepts the control connection, and until it greets'),
  tlsHandshakeMs: limit(15_000, 'ms', 'A TLS handshake, on either channel; then the connection is dropped'),
  replyMs: limit(60_000, 'ms', 'Until the reply to a command; then the connection is dropped'),
  replySilenceMs: limit(
    5000,
    'ms',
    'Without a byte more of a reply that lacks its last line end, or ends with another code; then it is taken as it stands',
  ),
  finalReplyMs: limit(
    300_000,
    'ms',
    'From the last byte of a transfer to the reply that ends it: servers store, scan and hash before they answer',
  ),
  dataConnectMs: limit(20_000, 'ms', 'Until a data connection is there'),
  stallMs: limit(
    60_000,
    'ms',
    'Without a byte moving on a data connection while we wait for the server; our own slow side does not count',
  ),
  closeNotifyMs: limit(
    15_000,
    'ms',
    "Behind what was sent in TLS, until the server's close_notify; then it counts as sent",
  ),
  replyFlushMs: limit(
    5000,
    'ms',
    'Until the server has answered our end of a data stream with its own, and until it has taken what we send',
  ),
  keepAliveMs: limit(30_000, 'ms', 'Between two NOOP on the control connection while a transfer runs'),
  abortMs: limit(5000, 'ms', 'Until the server ends a transfer that was broken off; then the connection is replaced'),
  closeMs: limit(2000, 'ms', 'Until the server answers QUIT'),
  idleMs: limit(60_000, 'ms', 'A connection of a pool that nobody uses is closed, all but one'),
  maxLineBytes: limit(16_384, 'bytes', 'Length of one line of a reply'),
  maxQueuedReplyLines: limit(1024, 'lines', 'Lines that came and were not asked for; then the server is not read from'),
  maxReplyLines: limit(10_000, 'lines', 'Lines of one reply'),
  maxReplyBytes: limit(1_048_576, 'bytes', 'Length of one reply'),
  maxListingLineBytes: limit(16_384, 'bytes', 'Length of one line of a listing; a longer one is skipped'),
  maxListingEntries: limit(10_000_000, 'entries', 'Entries of one directory, skipped ones included'),
  maxListingBytes: limit(2_147_483_648, 'bytes', 'Length of one listing, whatever it consists of'),
  maxWalkDepth: limit(100, 'levels', 'Depth of a tree that is walked'),
  maxWalkEntries: limit(1_000_000_000, 'entries', 'Entries of a tree that is walked'),
  maxBufferBytes: limit(
    268_435_456,
    'bytes',
    'Size of a file that is read into memory, and of a listing that is held because calls wait for its connection',
  ),
  maxUnannouncedBytes: limit(
    4_294_967_296,
    'bytes',
    'More of a file than `150 ... (n bytes)` told, where SIZE tells nothing; then the download ends. Servers that count in 32 bits tell so much too little',
  ),
  maxQueuedCalls: limit(100_000, 'calls', 'Calls that wait for a connection; further ones fail'),
} as const satisfies Record<string, LimitRow>;

export type ClientLimitName = keyof typeof CLIENT_LIMITS;
export type ClientLimits = { readonly [name in ClientLimitName]: number };

/** The defaults, with what is given put over them. */
export function clientLimitsWith(given: Partial<ClientLimits> = {}): ClientLimits {
  return overDefaults(CLIENT_LIMITS, given);
}
