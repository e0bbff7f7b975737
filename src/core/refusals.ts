/*
 * The reasons that events carry as codes, closed sets: what counts refusals has no other value to count, whatever a peer
 * sends. The sentence beside a code is for people.
 */

/** Why a connection gets no session. `full-for-address`: too many from one address. */
export type ConnectionRefusal = 'draining' | 'full' | 'full-for-address' | LoginRefusal;

/**
 * Why a login, or a change of a password, is refused: see `Refusal`. `password-due`: the password is right, and must be changed
 * before anything else. `new-password`: the new one is not accepted. `password-missing`: the key is right, and the password must
 * follow on the same connection. `code-missing`: what was shown is right, and the code of an authenticator must follow.
 */
export type LoginRefusal =
  | 'credentials'
  | 'banned'
  | 'throttled'
  | 'expired'
  | 'password-due'
  | 'password-missing'
  | 'code-missing'
  | 'new-password'
  | 'address'
  | 'too-many-sessions'
  | 'unavailable';

/** How somebody proves who they are. */
export type LoginMethod = 'password' | 'certificate' | 'public-key';

/** Why there was no data connection, or it broke. */
export type DataRefusal =
  /** No port is free to listen on. */
  | 'no-port'
  /** The peer did not connect, or could not be connected to, in time. */
  | 'timeout'
  /** The peer could not be connected to. */
  | 'refused'
  /** The connection was ended before the transfer began. */
  | 'gone'
  | 'tls-failed'
  /** The TLS session of the control connection was not resumed where that is required. */
  | 'session-not-reused'
  /** The certificate is not the one of the control connection. */
  | 'wrong-certificate'
  /** The peer reset the connection, or closed it before it had everything. */
  | 'reset'
  /** Nothing moved for too long. */
  | 'stalled'
  /** We ended it: the signal was given. */
  | 'aborted'
  /** What came is not what was agreed on: no MODE Z stream, or one that swells too much. */
  | 'bad-data'
  /** There is nothing to open: no PASV or PORT came before, or it can't be had here. */
  | 'no-endpoint'
  /** It came from another address than its session. */
  | 'stranger';

/**
 * How a TLS handshake on a control connection failed. `not-tls`: what came was something else. `certificate-refused`: the
 * client did not take ours. `client-certificate`: it showed none that we take. `injected`: bytes in the clear stood behind
 * the command that starts TLS.
 */
export type HandshakeFailure =
  | 'not-tls'
  | 'no-common-version'
  | 'no-common-cipher'
  | 'certificate-refused'
  | 'client-certificate'
  | 'timeout'
  | 'peer-closed'
  | 'reset'
  | 'injected'
  | 'other';
