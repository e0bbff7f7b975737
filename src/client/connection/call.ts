import type { ClientError } from '../errors.ts';
import type { Pool } from './pool.ts';
import { withRetries } from './retry.ts';
import type { RemoteSession } from './session.ts';

type Work<T> = (session: RemoteSession) => Promise<T>;

/** A question: it changes nothing, so it may be asked again whenever it failed for a passing reason. */
export function ask<T>(pool: Pool, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
  return withRetries(pool.settings, signal, () => pool.use(signal, work));
}

/**
 * A change: tried again only where it surely was not made. A connection that was lost behind the command may have
 * carried it to the server.
 */
export function change<T>(pool: Pool, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
  return withRetries(pool.settings, signal, () => pool.use(signal, work), wasNotMade);
}

function wasNotMade({ phase, reply, status }: ClientError): boolean {
  return reply !== undefined || status !== undefined || phase === 'connect' || phase === 'tls' || phase === 'login';
}
