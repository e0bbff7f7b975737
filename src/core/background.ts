/**
 * Runs work that nothing waits for; no other code may leave a promise unawaited. A failure goes to `onFailure`, so that no
 * rejection is unhandled.
 */
export function background(work: Promise<unknown>, onFailure: (error: unknown) => void): void {
  work.catch(onFailure);
}
