import { z } from 'zod';
import { oneOf, whole } from './fields.ts';

/** A hundred years. */
const MAX_DAYS = 36_500;
const MAX_BYTES = 2 ** 50;
const DAY_MS = 86_400_000;

/** The `audit:` section. */
export const auditFields = {
  enabled: z
    .boolean('true or false')
    .default(true)
    .describe('The audit trail: a signed record of each security event and each operation on files'),
  onFailure: oneOf(
    ['warn', 'refuse'],
    'If records can’t be written: warn and count what is lost, or refuse all operations; with refuse, each operation is on the disk before its reply',
  ).default('warn'),
  headEveryMs: whole(1000, DAY_MS, 'Time after which new records are signed (ms)').default(60_000),
  keepDays: whole(0, MAX_DAYS, 'Days that records are kept at the least; 0 keeps them for ever').default(2192),
  keepBytes: whole(
    0,
    MAX_BYTES,
    'Bytes of records beyond which the oldest are removed, however young; 0 sets no bound',
  ).default(0),
};
