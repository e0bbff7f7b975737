/**
 * The one place where a promise is let go: work that nobody waits for. A failure goes to `onFailure`, so that nothing
 * is lost in silence and no rejection is unhandled.
 */
export function background(work: Promise<unknown>, onFailure: (error: unknown) => void): void {
  work.catch(onFailure);
}
