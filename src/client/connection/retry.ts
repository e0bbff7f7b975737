import { setTimeout as wait } from 'node:timers/promises';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import { aborted } from './aborted.ts';

/**
 * Does it, and does it again as the policy allows while it fails for a passing reason. `attempt` counts from 0.
 * @param mayRepeat whether doing it again is safe after that failure
 * @throws what the last try threw
 */
export async function withRetries<T>(
  { retry, log }: Pick<ClientSettings, 'retry' | 'log'>,
  signal: AbortSignal | undefined,
  work: (attempt: number) => Promise<T>,
  mayRepeat: (error: ClientError) => boolean = () => true,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof ClientError) || !error.retryable || attempt + 1 >= retry.attempts) throw error;
      if (!mayRepeat(error)) throw error;
      const delayMs = Math.min(retry.delayMs * 2 ** attempt, retry.maxDelayMs);
      log({ event: 'retry', attempt: attempt + 1, reason: error.code, delayMs });
      await pause(delayMs, signal);
    }
  }
}

async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(delayMs, undefined, signal && { signal });
  } catch (error) {
    throw signal?.aborted ? aborted(signal, 'prepare') : error;
  }
}
