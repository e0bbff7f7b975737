import { ClientError, type ClientErrorCode, type ClientPhase } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';

interface Meaning {
  readonly code: ClientErrorCode;
  readonly phase: ClientPhase;
  readonly retryable?: boolean;
  readonly message: string;
}

/** What an error of ssh2 means to a caller. */
export function sshFailure(
  error: Error & { readonly level?: string },
  { host, port, user }: ClientSettings,
  phase: ClientPhase,
): ClientError {
  const { code, message, ...facts } = meaningOf(error, user, phase);
  return new ClientError(code, `${host} port ${port}: ${message}`, { ...facts, cause: error });
}

function meaningOf({ level, message }: Error & { readonly level?: string }, user: string, phase: ClientPhase): Meaning {
  if (/no matching/i.test(message)) {
    return {
      code: 'tls-failed',
      phase: 'tls',
      message: `the server has none of the algorithms that are safe: ${message}`,
    };
  }
  switch (level) {
    case 'handshake':
      return { code: 'tls-failed', phase: 'tls', message: `the key exchange failed: ${message}` };
    case 'client-authentication':
      return { code: 'login-refused', phase: 'login', message: `the login of ${user} was refused` };
    case 'client-socket':
      return { code: 'connection-lost', phase, retryable: true, message: `the connection was lost: ${message}` };
    case 'protocol':
      return phase === 'connect'
        ? { code: 'connect-failed', phase, message: `the server does not speak SSH: ${message}` }
        : { code: 'protocol', phase, message };
    default:
      return {
        code: 'connection-lost',
        phase,
        retryable: true,
        message: `the server ended the connection: ${message}`,
      };
  }
}
