import { z } from 'zod';
import { ROOT, resolvePath } from '../../core/index.ts';
import { listOf, section, text, whole } from './fields.ts';

const MAX_DAYS = 36_500;
const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const BYTES = 'a number of bytes, or a size such as 500MiB, 20GiB or 2TiB';

const bytesField = z
  .union([z.int().min(1), z.string().regex(/^[1-9]\d{0,6}(KiB|MiB|GiB|TiB)$/)], BYTES)
  .transform((given) =>
    typeof given === 'number' ? given : Number(given.slice(0, -3)) * (UNITS[given.slice(-3)] ?? 1),
  );

/** What a local storage keeps of files that are removed or replaced. */
export const trashField = section({
  keepDays: whole(1, MAX_DAYS, 'Days after which a kept file goes'),
  maxBytes: bytesField.describe('What is kept of each home at the most; the oldest files go first').optional(),
})
  .describe('Of a local one: keeps files that are removed or replaced, for "lockport trash"')
  .optional();

/** Directories of a local storage in which nothing is changed or removed before its time. */
export const retainField = listOf(
  section({
    path: text('Path from the directory of the storage on', 'a path such as /records')
      .refine((path) => path.startsWith('/') && path !== '/', 'a path such as /records')
      .transform((path) => resolvePath(ROOT, path)),
    days: whole(1, MAX_DAYS, 'Days for which a file stays as it is, from its last change on'),
  }),
  'retained directories',
  'Of a local one: directories in which nothing is changed or removed before its time',
);
