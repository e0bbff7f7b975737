import type { VirtualPath } from '../path.ts';

/** What an account may do. `times` sets times and modes; `upload` makes new files, `overwrite` replaces them. */
export const RIGHTS = [
  'list',
  'download',
  'upload',
  'overwrite',
  'append',
  'delete',
  'rename',
  'make-directory',
  'times',
] as const;
export type Right = (typeof RIGHTS)[number];

/** The rights below a path; of several rules the one with the longest path that covers an entry decides alone. */
export interface RightsRule {
  readonly path: VirtualPath;
  readonly rights: readonly Right[];
}

/**
 * Which TLS session a data connection must resume. `strict`: that of its own control connection. `require`: that of some
 * control connection which is open, of the same account and from the same address. `prefer`: as `require`, but another
 * one is accepted, and the log says so. `off`: none.
 */
export const SESSION_REUSE_RULES = ['strict', 'require', 'prefer', 'off'] as const;
export type SessionReuse = (typeof SESSION_REUSE_RULES)[number];

/** Whether an upload whose TLS stream did not end in close_notify is refused (`strict`) or believed (`lenient`). */
export const END_OF_STREAM_RULES = ['strict', 'lenient'] as const;
export type EndOfStream = (typeof END_OF_STREAM_RULES)[number];

/** A directory of a storage, as an account sees it at a path of its own. */
export interface AccountMount {
  readonly at: VirtualPath;
  /** The name of the storage in the configuration. */
  readonly storage: string;
  /** The directory within the storage; absent: all of it. */
  readonly path?: VirtualPath;
  readonly readOnly?: boolean;
}

/** Whether a storage can be called so: a word of lower-case letters, digits and `-`. */
export function isStorageName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,62}$/.test(name);
}

/** Whether the holder of an account sets its password, or the operator alone. */
export const PASSWORD_CHANGE_RULES = ['allowed', 'refused'] as const;

/** What a public key is to an account: enough by itself, or needed beside the password. */
export const KEY_USES = ['instead-of-password', 'with-password'] as const;

/** Where the code of an authenticator is asked for: with passwords, where there is one, or with each login, without exception. */
export const SECOND_FACTOR_RULES = ['with-password', 'always'] as const;

/** What a client certificate is to an account: nothing, needed beside the password, or enough by itself (reply 232). */
export const CERTIFICATE_USES = ['none', 'with-password', 'instead-of-password'] as const;
export type CertificateUse = (typeof CERTIFICATE_USES)[number];
