/** Work that nobody waits for. What goes wrong there is a mistake of ours, which the browser tells. */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => reportError(error));
}
