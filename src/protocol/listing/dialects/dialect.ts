import type { ListedEntry } from '../listed-entry.ts';
import type { ServerTime } from '../server-time.ts';

/**
 * What a line is: an entry, whose name is not checked; `known`: it belongs to the dialect and is no entry (a heading, a
 * sum, the first half of an entry); `foreign`: the dialect has no such line.
 */
export type Reading = ListedEntry | 'known' | 'foreign';

/** A form of LIST's answer. RFC 959 section 4.1.3 leaves it to the server. */
export interface Dialect {
  readonly name: string;
  /** Begins a listing; what it gives takes its lines one by one, each in linear time. */
  open(time: ServerTime): (line: string) => Reading;
}
