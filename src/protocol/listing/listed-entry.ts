import type { Entry } from '../../core/index.ts';

/**
 * One entry as a server's listing tells it. Each value is there only where the listing says it for certain: one that is
 * missing can be asked for (SIZE, MDTM), a wrong one would be believed.
 */
export interface ListedEntry extends Pick<Entry, 'created' | 'mode' | 'owner' | 'group' | 'unique' | 'target'> {
  /** One name: not empty, not `.` or `..`, without `/`, NUL, CR and LF. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Bytes. */
  readonly size?: number;
  readonly modified?: Date;
  /** What `modified` is cut to; there whenever `modified` is. */
  readonly modifiedPrecision?: TimePrecision;
  /** Letters of the commands that may be used on it, in lower case: the `perm` fact (RFC 3659 section 7.5.5). */
  readonly permissions?: string;
  /** It is the directory that is listed, or the one above it (RFC 3659 section 7.5.1), and no entry of it. */
  readonly role?: 'cdir' | 'pdir';
}

export type TimePrecision = 'second' | 'minute' | 'day';
