import { ClientError, type ClientPhase } from '../errors.ts';

/** @throws ClientError `aborted` once the signal was given */
export function throwIfAborted(signal: AbortSignal | undefined, phase: ClientPhase): void {
  if (signal?.aborted) throw aborted(signal, phase);
}

export function aborted(signal: AbortSignal, phase: ClientPhase): ClientError {
  return new ClientError('aborted', 'The call was aborted', { phase, cause: signal.reason });
}
