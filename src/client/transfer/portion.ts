/** Reads and writes of this size cost the least CPU a byte, on the way to and from a TLS socket. */
export const PORTION_BYTES = 256 * 1024;
