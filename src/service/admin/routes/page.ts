import { z } from 'zod';
import { LIMITS } from '../../../core/index.ts';

/** Which page of a list. The bound of the server may be lower. */
export const PAGE_QUERY = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(LIMITS.maxAdminPage.default)
    .optional()
    .describe('Most entries of the page'),
  after: z.string().max(1024).optional().describe('`next` of the page before'),
};

/** A list in the memory, page by page, in the order of its keys. */
export function pageFrom<Entry>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string,
  {
    limit = LIMITS.maxAdminPage.default,
    after = '',
  }: { readonly limit?: number | undefined; readonly after?: string | undefined },
  most: number,
): { readonly entries: readonly Entry[]; readonly next?: string } {
  const rest = entries
    .filter((entry) => keyOf(entry) > after)
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const page = rest.slice(0, Math.min(limit, most));
  const last = page.at(-1);
  return { entries: page, ...(last !== undefined && rest.length > page.length && { next: keyOf(last) }) };
}

/** The answer of a list. */
export function pageSchema(key: string, entry: z.ZodType) {
  return z.strictObject({ [key]: z.array(entry), next: z.string().optional().describe('Where the next page goes on') });
}
