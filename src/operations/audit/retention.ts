import { Buffer } from 'node:buffer';
import { open, stat } from 'node:fs/promises';
import { foundLine } from './chain.ts';
import type { AuditSegment } from './files.ts';

/** How long records are kept. Whole segments go, the oldest first, never the one that is written. */
export interface RetentionPolicy {
  /** Records younger than that are kept. Undefined: all. */
  readonly keepMs: number | undefined;
  /** Once all segments together have more bytes, the oldest go, whatever their age. Undefined: there is no bound. */
  readonly keepBytes: number | undefined;
}

/** Segments that may go, and how far they reach. */
export interface Removable {
  readonly segments: readonly AuditSegment[];
  /** The number of their last record. */
  readonly through: number;
  /** Of that record. */
  readonly chain: string;
}

/**
 * The segments from the beginning that the policy does not keep. One that can't be read to its end stays, with all behind it.
 * @param oldestHeld the number of the first record that a reader still needs
 */
export async function removable(
  segments: readonly AuditSegment[],
  { keepMs = Infinity, keepBytes = Infinity }: RetentionPolicy,
  { now, oldestHeld }: { readonly now: number; readonly oldestHeld: number },
): Promise<Removable | undefined> {
  if (keepMs === Infinity && keepBytes === Infinity) return undefined;
  const sizes = await Promise.all(segments.map(async ({ file }) => (await stat(file)).size));
  let bytes = sizes.reduce((sum, size) => sum + size, 0);
  let going: Removable | undefined;
  for (const [index, segment] of segments.slice(0, -1).entries()) {
    const next = segments[index + 1];
    if (!next || next.first > oldestHeld) break;
    const end = await lastOf(segment, sizes[index] ?? 0);
    if (!end || end.number !== next.first - 1) break;
    if (bytes <= keepBytes && now - end.at <= keepMs) break;
    going = { segments: [...(going?.segments ?? []), segment], through: end.number, chain: end.chain };
    bytes -= sizes[index] ?? 0;
  }
  return going;
}

/** Longer than any record. */
const TAIL_BYTES = 131_072;

/** The last record of a closed segment; its time is the latest that the segment can hold. */
async function lastOf(
  { file }: AuditSegment,
  size: number,
): Promise<{ readonly number: number; readonly chain: string; readonly at: number } | undefined> {
  await using handle = await open(file, 'r');
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  await handle.read(tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf('\n');
  const line = foundLine(tail.subarray(tail.lastIndexOf('\n', end - 1) + 1, end));
  if (!line) return undefined;
  // A clock that was set back makes later records look older; the system's time of the last write does not.
  const { mtimeMs } = await handle.stat();
  return { number: line.n, chain: line.chain, at: Math.max(Date.parse(line.at), mtimeMs) };
}
