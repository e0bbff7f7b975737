import { pipeline, type Transform } from 'node:stream';

/** Bytes as they come; larger pieces cost less CPU a byte, up to about this size. */
const portionBytes = 256 * 1024;
/** A rate limit that must hold within any second needs smaller portions. */
export const limitedPortionBytes = 16 * 1024;
/** Pieces below are joined, but for the first one: whoever waits for a listing sees that it begins. */
const leastBytes = 64 * 1024;

/** Leads a source through the steps, in order. A failure of any of them comes out at the end. */
export function throughSteps(
  source: AsyncIterable<Uint8Array>,
  steps: readonly Transform[],
): AsyncIterable<Uint8Array> {
  return steps.reduce((from, step) => pipeline(from, step, () => undefined), source);
}

/** Tells how many bytes pass. */
export async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of source) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** The same bytes in pieces that are good to write: small ones joined, large ones cut to `maxBytes`. */
export async function* portions(source: AsyncIterable<Uint8Array>, maxBytes = portionBytes): AsyncIterable<Uint8Array> {
  let joined: Uint8Array[] = [];
  let joinedBytes = 0;
  let least = 0;
  for await (const chunk of source) {
    joined.push(chunk);
    joinedBytes += chunk.length;
    if (joinedBytes < least) continue;
    least = leastBytes;
    yield* cut(joined, maxBytes);
    joined = [];
    joinedBytes = 0;
  }
  if (joinedBytes > 0) yield* cut(joined, maxBytes);
}

function* cut(chunks: readonly Uint8Array[], maxBytes: number): Iterable<Uint8Array> {
  const [first, second] = chunks;
  const whole = first && !second ? first : Buffer.concat(chunks);
  for (let at = 0; at < whole.length; at += maxBytes) yield whole.subarray(at, at + maxBytes);
}
