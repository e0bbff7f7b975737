import type { Entry } from '../../core/index.ts';

/**
 * An entry as the listing of a server describes it. A value is present only if the listing leaves no doubt about it: the
 * client can ask for a missing value (SIZE, MDTM), but it would believe a wrong one.
 */
export interface ListedEntry extends Pick<Entry, 'created' | 'mode' | 'owner' | 'group' | 'unique' | 'target'> {
  /** A single name. It is not empty, `.` or `..`, and contains no `/`, NUL, CR or LF. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Bytes. */
  readonly size?: number;
  readonly modified?: Date;
  /** The unit to which the server truncated `modified`. It is present whenever `modified` is. */
  readonly modifiedPrecision?: TimePrecision;
  /** The `perm` fact in lower case: the letters of the commands that the entry accepts (RFC 3659 section 7.5.5). */
  readonly permissions?: string;
  /** Set if this is no entry of the listed directory, but that directory itself or its parent (RFC 3659 section 7.5.1). */
  readonly role?: 'cdir' | 'pdir';
}

export type TimePrecision = 'second' | 'minute' | 'day';
