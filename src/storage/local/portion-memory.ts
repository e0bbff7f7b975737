/** Reads and writes of this size cost the least CPU a byte, on the way to and from a TLS socket. */
export const PORTION_BYTES = 256 * 1024;

/** What is kept for the transfers to come. */
const MAX_FREE = 32;

const free: Buffer[] = [];

/**
 * Memory for a portion, with whatever was in it before. To take new memory for each portion would double the CPU of a
 * transfer: pages are mapped, cleared and given back all the time.
 */
export function takePortion(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(PORTION_BYTES);
}

/**
 * Gives memory of `takePortion` to the next transfer. Only what nobody reads or writes any more, the system neither: it
 * would end up in somebody else's file. What is in doubt is left to the garbage collector.
 */
export function reusePortion({ buffer }: Uint8Array): void {
  if (free.length < MAX_FREE) free.push(Buffer.from(buffer as ArrayBuffer));
}
