/*
 * The reasons that events carry as codes, closed sets: what counts refusals has no other value to count, whatever a peer
 * sends. The sentence beside a code is for people.
 */

/** Why a connection gets no session. `full-for-address`: too many from one address. */
export type ConnectionRefusal = 'draining' | 'full' | 'full-for-address' | LoginRefusal;

/** Why a login is refused: see `Refusal`. */
export type LoginRefusal =
  | 'credentials'
  | 'banned'
  | 'throttled'
  | 'expired'
  | 'address'
  | 'too-many-sessions'
  | 'unavailable';

/** How somebody proves who they are. */
export type LoginMethod = 'password' | 'certificate' | 'public-key';

/** Why there was no data connection. `stranger`: it came from another address than its session. */
export type DataRefusal =
  | 'no-endpoint'
  | 'no-port'
  | 'timeout'
  | 'refused'
  | 'gone'
  | 'tls-failed'
  | 'session-not-reused'
  | 'wrong-certificate'
  | 'reset'
  | 'stalled'
  | 'aborted'
  | 'bad-data'
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
