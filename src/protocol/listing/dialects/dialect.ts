import type { ListedEntry } from '../listed-entry.ts';
import type { ServerTime } from '../server-time.ts';

/**
 * What a dialect makes of a line. An entry: its name is not checked yet. `known`: the dialect has such lines, but they are
 * no entries (a heading, a total, the first half of an entry). `foreign`: the dialect has no such lines.
 */
export type Reading = ListedEntry | 'known' | 'foreign';

/** A form of the answer to LIST, which RFC 959 section 4.1.3 leaves to the server. */
export interface Dialect {
  readonly name: string;
  /** Begins a listing. The function that it returns reads one line after the other, each in linear time. */
  open(time: ServerTime): (line: string) => Reading;
}
