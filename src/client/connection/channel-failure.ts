import { ReplyFailure } from '../../protocol/index.ts';
import { ChannelError, type ChannelErrorCode, TlsSettingsError, TrustError } from '../../transport/index.ts';
import { ClientError, type ClientErrorCode, type ClientPhase } from '../errors.ts';

/**
 * What a failure of the control connection means to a caller.
 * @param server to name where the failure itself does not: one that was connected
 */
export function channelFailure(
  error: unknown,
  phase: ClientPhase,
  server?: { readonly host: string; readonly port: number },
): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof TrustError) {
    return new ClientError('untrusted', error.message, { phase, certificate: error.certificate, cause: error });
  }
  if (error instanceof TlsSettingsError) {
    return new ClientError('invalid-argument', error.message, { phase: 'prepare', cause: error });
  }
  if (error instanceof ReplyFailure) {
    return new ClientError('protocol', `The server does not speak FTP: ${error.message}`, { phase, cause: error });
  }
  if (!(error instanceof ChannelError)) {
    return new ClientError('connection-lost', 'The control connection failed', { phase, cause: error });
  }
  const code = phase === 'connect' && error.code !== 'aborted' ? 'connect-failed' : CODES[error.code];
  const said = phase === 'connect' && error.code === 'peer-closed' ? noGreeting : error.message;
  const message = server ? `${server.host} port ${server.port}: ${said}` : said;
  return new ClientError(code, message, { phase, cause: error, retryable: PASSING.has(error.code) });
}

/** What a client of explicit TLS sees of a server that waits for TLS. */
const noGreeting =
  'The server ended the connection without a greeting: if this is a port of implicit TLS (990), the URL begins with ftps://';

const CODES: { readonly [code in ChannelErrorCode]: ClientErrorCode } = {
  'not-found': 'connect-failed',
  refused: 'connect-failed',
  timeout: 'timeout',
  aborted: 'aborted',
  closed: 'connection-lost',
  'peer-closed': 'connection-lost',
  reset: 'connection-lost',
  unread: 'connection-lost',
  unreachable: 'connect-failed',
  injected: 'protocol',
  'tls-failed': 'tls-failed',
};

/** What a second try may well mend. A handshake that failed would fail again. */
const PASSING: ReadonlySet<ChannelErrorCode> = new Set([
  'refused',
  'unreachable',
  'timeout',
  'peer-closed',
  'reset',
  'closed',
]);
