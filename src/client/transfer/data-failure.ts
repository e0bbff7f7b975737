import { DataError, type DataErrorCode, TrustError } from '../../transport/index.ts';
import { ClientError, type ClientErrorCode, type ClientErrorFacts, type ClientPhase } from '../errors.ts';

/**
 * What a failure around a data connection means to a caller; whatever else is thrown is our own side's doing.
 * @param where server and port, to be named
 */
export function dataFailure(
  error: unknown,
  phase: ClientPhase,
  facts: Partial<ClientErrorFacts> = {},
  where?: string,
): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof TrustError) {
    const { certificate } = error;
    return new ClientError('untrusted', error.message, { ...facts, phase, certificate, cause: error });
  }
  if (error instanceof DataError) {
    const retryable = error.code !== 'session-not-reused' && error.code !== 'aborted';
    const about = [facts.command, where].filter((text) => text !== undefined).join(', ');
    const message = about === '' ? error.message : `${error.message} (${about})`;
    return new ClientError(CODES[error.code], message, { ...facts, phase, retryable, cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ClientError('local', `Our own side failed: ${message}`, { ...facts, phase: 'local', cause: error });
}

const CODES: { readonly [code in DataErrorCode]: ClientErrorCode } = {
  'no-port': 'data-connection',
  timeout: 'data-connection',
  refused: 'data-connection',
  gone: 'data-connection',
  'tls-failed': 'data-connection',
  'session-not-reused': 'session-not-reused',
  'wrong-certificate': 'untrusted',
  reset: 'truncated',
  stalled: 'stalled',
  aborted: 'aborted',
  'bad-data': 'protocol',
  'no-endpoint': 'data-connection',
};
