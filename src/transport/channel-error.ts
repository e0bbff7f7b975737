/**
 * Why a control connection is over. `injected`: bytes in the clear stood behind the command that starts TLS.
 * `unread`: the peer did not take what was sent to it.
 */
export type ChannelEnd = 'closed' | 'peer-closed' | 'reset' | 'tls-failed' | 'injected' | 'unread';

/** What a failure of TLS on a control connection says of the end: TCP broke off below it, or TLS itself failed. */
export function endBy(cause: unknown): ChannelEnd {
  return cause instanceof Error && 'syscall' in cause ? 'reset' : 'tls-failed';
}

export type ChannelErrorCode =
  | ChannelEnd
  /** The name of the server has no address. */
  | 'not-found'
  /** Nothing listens there. */
  | 'refused'
  /** No way there for another reason: the network, or a proxy. */
  | 'unreachable'
  | 'timeout'
  /** The signal was given. */
  | 'aborted';

/** A control connection that could not be had or secured, or that is over. */
export class ChannelError extends Error {
  readonly code: ChannelErrorCode;

  constructor(
    code: ChannelErrorCode,
    message: string = channelErrors[code],
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.name = 'ChannelError';
    this.code = code;
  }
}

const channelErrors: { readonly [code in ChannelErrorCode]: string } = {
  closed: 'The control connection is closed',
  'peer-closed': 'The peer closed the control connection',
  reset: 'The control connection broke off',
  'tls-failed': 'The TLS handshake failed',
  injected: 'The peer sent something in the clear behind the command that starts TLS',
  unread: 'The peer does not take what is sent to it',
  'not-found': 'The name of the server has no address',
  refused: 'Nothing listens at this address and port',
  unreachable: 'The server cannot be reached',
  timeout: 'The peer did not answer in time',
  aborted: 'The operation was aborted',
};
