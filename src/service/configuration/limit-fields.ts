import type { z } from 'zod';
import { LIMITS, type LimitName, type LimitRow } from '../../core/index.ts';
import { whole } from './fields.ts';

/** What is not here may be 1 at the least, and a time 1000 ms: below, no client could work. */
const LOWEST: Readonly<Record<string, number>> = {
  maxLineBytes: 512,
  maxReplyQueueBytes: 4096,
  failedLoginDelayMs: 0,
  maxFailedLoginDelayMs: 0,
  banMs: 0,
  clearEndMs: 0,
  earlyHandshakeMs: 0,
  drainMs: 0,
  partialKeepMs: 0,
  verifiedPasswordMs: 0,
} satisfies Partial<Record<LimitName, number>>;

/** Node's timers hold a signed 32-bit number of milliseconds; a longer one would fire at once. */
const HIGHEST_MS = 2 ** 31 - 1;

type LimitField = z.ZodDefault<z.ZodInt>;

/** The `limits:` section: a field for each row of the table of limits. */
export const limitFields = Object.fromEntries(
  Object.entries(LIMITS).map(([name, row]) => [name, limitField(name, row)] as const),
) as Record<LimitName, LimitField>;

function limitField(name: string, row: LimitRow): LimitField {
  const isTime = row.unit === 'ms';
  const lowest = LOWEST[name] ?? (isTime ? 1000 : 1);
  const highest = isTime ? HIGHEST_MS : 1_000_000_000;
  return whole(lowest, highest, `${row.summary} (${row.unit})`).default(row.default);
}
