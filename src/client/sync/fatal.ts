import { ClientError, type ClientErrorCode } from '../errors.ts';

/** Nothing else will succeed after these: there is no connection, and the client could not make another. */
const connectionIsGone: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>([
  'connect-failed',
  'connection-lost',
  'closed',
  'tls-refused',
  'tls-failed',
  'untrusted',
]);

/** A failure of one entry may wrap that of the connection; so many wrappings are looked through. */
const maxCauses = 8;

/** Whether the failure ends the run as a whole, and not only the work on one entry. */
export function isFatal(thrown: unknown): boolean {
  let error = thrown;
  for (let depth = 0; depth < maxCauses && error instanceof Error; depth += 1) {
    if (error instanceof ClientError && connectionIsGone.has(error.code)) return true;
    error = error.cause;
  }
  return false;
}
