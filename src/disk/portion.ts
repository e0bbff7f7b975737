/** Reads and writes of this size cost the least CPU a byte, on the way to and from a TLS socket. */
export const PORTION_BYTES = 1024 * 1024;
/** What a file gets where many have large portions, and as much as a small file ever needs. */
const SCARCE_BYTES = 128 * 1024;
/** Large portions that may exist at once, in all files of the process. */
const MAX_PORTIONS = 64;

let portions = 0;
const collected = new FinalizationRegistry(() => {
  portions -= 1;
});

/** Memory for the next bytes of a file, of which `wanted` are still to come. It may be smaller than asked for. */
export function makePortion(wanted = PORTION_BYTES): Buffer {
  if (wanted <= SCARCE_BYTES) return Buffer.allocUnsafeSlow(wanted);
  if (portions >= MAX_PORTIONS) return Buffer.allocUnsafeSlow(SCARCE_BYTES);
  portions += 1;
  const portion = Buffer.allocUnsafeSlow(Math.min(wanted, PORTION_BYTES));
  collected.register(portion.buffer, undefined);
  return portion;
}
