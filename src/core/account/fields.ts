import { keyOfLine } from '../public-key.ts';
import { rightsOf } from '../rights.ts';
import {
  choice,
  count,
  type FieldKind,
  fingerprint,
  flag,
  listOf,
  moment,
  mount,
  network,
  path,
  publicKey,
  rightsRule,
  size,
} from './field-kinds.ts';
import {
  type AccountMount,
  CERTIFICATE_USES,
  END_OF_STREAM_RULES,
  RIGHTS,
  type RightsRule,
  SESSION_REUSE_RULES,
} from './values.ts';

/** What is said of a field of an account, once for all who store, show and change it. */
interface FieldRow<Value> {
  /** Flag of `user add` and `user set`; a list's may be given more than once. Absent: a verb of its own sets it. */
  readonly flag?: string;
  /** For the help, and for the documents. */
  readonly summary: string;
  /** The word by which the flag takes the value, or all of a list, away. */
  readonly none?: string;
  /** How `user show` calls it; fields of one label share a line. */
  readonly label?: string;
  /** Each item of the list has a line of its own. */
  readonly isOneALine?: true;
  /** What `user show` makes of the value's text. */
  shown?(text: string): string;
  /** What `user show` prints where there is no value, and no other of the same label. */
  readonly absent?: string;
  /** Why sessions end that began before, for the log, where a change takes something away. */
  readonly ends?: string;
  /** Whether a change takes something away. */
  takesAway?(before: Value, after: Value): boolean;
}

export interface Field<Value, IsAlways extends boolean = boolean> extends FieldRow<Value> {
  readonly kind: FieldKind<Value & {}>;
  /** Whether each account has a value. */
  readonly isAlways: IsAlways;
  /** The value where a stored account has none, which may be older than the field. */
  readonly initial?: Value;
}

/** A field that each account has. Without an `initial` value it must stand in every stored account. */
function always<Value>(
  kind: FieldKind<Value>,
  row: FieldRow<NoInfer<Value>> & { readonly initial?: NoInfer<Value> },
): Field<Value, true> {
  return { ...row, kind: kind as FieldKind<Value & {}>, isAlways: true };
}

/** A field that an account may have. */
function maybe<Value>(
  kind: FieldKind<Value>,
  row: FieldRow<NoInfer<Value> | undefined>,
): Field<Value | undefined, false> {
  return { ...row, kind: kind as FieldKind<Value & {}>, isAlways: false };
}

/**
 * The fields of an account but its name, in the order in which they are shown. The type `Account`, the stored document,
 * the flags of `user add` and `user set`, `user show` and its JSON derive from them. A new field is one row here; old
 * accounts have its initial value, or none.
 */
export const ACCOUNT_FIELDS = {
  /** The directory of the storage that this account sees as `/`. */
  home: always(path, {
    flag: '--home <path>',
    summary: 'directory that the account sees as /',
    label: 'home',
    ends: 'home changed',
    takesAway: (before, after) => before !== after,
  }),
  /** Paths are the account's own (its home is `/`). */
  rights: always(listOf(rightsRule), {
    flag: '--rights <rights>',
    summary: `comma-separated, or all, or none; PATH=RIGHTS for a path (${RIGHTS.join(', ')})`,
    label: 'rights',
    isOneALine: true,
    ends: 'rights narrowed',
    takesAway: hasLostRights,
  }),
  /** Directories of further storages that it sees beside its home. */
  mounts: always(
    listOf(mount, ({ at }) => at),
    {
      flag: '--mount <mount>',
      summary:
        'a storage that it sees at a path: /PATH=STORAGE or /PATH=STORAGE:/DIRECTORY, and ,ro to read only; or none',
      none: 'none',
      initial: [],
      label: 'mount',
      isOneALine: true,
      absent: 'none',
      ends: 'mounts changed',
      takesAway: (before, after) => before.some((mount) => !after.some((other) => isSameMount(mount, other))),
    },
  ),
  quota: {
    bytes: maybe(size(), {
      flag: '--quota-bytes <size>',
      summary: 'most bytes in its home, as 10GiB; or none',
      none: 'none',
      label: 'quota',
      absent: 'none',
    }),
    files: maybe(count(), {
      flag: '--quota-files <number>',
      summary: 'most files in its home; or none',
      none: 'none',
      label: 'quota',
      shown: (text) => `${text} files`,
    }),
  },
  /** Bytes a second over all sessions of the account together. */
  rate: {
    upload: maybe(size(1), {
      flag: '--rate-up <size>',
      summary: 'upload in bytes a second, as 10MB; or none',
      none: 'none',
      label: 'rate up',
      shown: (text) => `${text}/s`,
      absent: 'any',
    }),
    download: maybe(size(1), {
      flag: '--rate-down <size>',
      summary: 'download in bytes a second; or none',
      none: 'none',
      label: 'rate down',
      shown: (text) => `${text}/s`,
      absent: 'any',
    }),
  },
  maxSessions: maybe(count(1), {
    flag: '--max-sessions <number>',
    summary: 'sessions at once; or none',
    none: 'none',
    label: 'sessions',
    shown: (text) => `${text} at the most`,
    absent: 'any number',
    ends: 'session limit lowered',
    takesAway: (before = Infinity, after = Infinity) => after < before,
  }),
  /** Addresses and CIDR ranges it may come from; empty: anywhere. */
  allowedAddresses: always(listOf(network), {
    flag: '--allow <address>',
    summary: 'address or CIDR range that it may come from; any for all',
    none: 'any',
    initial: [],
    label: 'allowed from',
    absent: 'anywhere',
    ends: 'allowed addresses narrowed',
    takesAway: (before, after) => !isWithinList(before, after),
  }),
  expires: maybe(moment, {
    flag: '--expires <date>',
    summary: 'last moment, as 2030-12-31 or 2030-12-31T18:00:00Z; or never',
    none: 'never',
    label: 'expires',
    absent: 'never',
  }),
  disabled: always(flag, {
    summary: 'whether it may not sign in',
    initial: false,
    ends: 'account disabled',
    takesAway: (before, after) => after && !before,
  }),
  certificate: {
    use: always(choice(CERTIFICATE_USES), {
      flag: '--certificate <use>',
      summary: 'what a client certificate is to it',
      initial: 'none',
      label: 'certificate',
      ends: 'certificate rule changed',
      takesAway: (before, after) => before !== after,
    }),
    /** SHA-256 fingerprints (lower-case hex, no colons) that are its own; empty: a subject CN equal to its name. */
    fingerprints: always(listOf(fingerprint), {
      flag: '--fingerprint <sha256>',
      summary: 'certificate that is its own; any for one whose subject is its name',
      none: 'any',
      initial: [],
      label: 'certificate',
      ends: 'certificate rule changed',
      takesAway: (before, after) => !isWithinList(before, after),
    }),
  },
  /** Each of them is enough by itself to sign in, where a front-end knows public keys (FTP has none). */
  authorizedKeys: always(listOf(publicKey), {
    flag: '--authorized-key <key>',
    summary: 'public key that is its own, as "ssh-ed25519 AAAA... comment"; none for no key',
    none: 'none',
    initial: [],
    label: 'authorized key',
    isOneALine: true,
    absent: 'none',
    ends: 'public key removed',
    takesAway: (before, after) => before.some((key) => !after.map(keyOfLine).includes(keyOfLine(key))),
  }),
  /** What differs from the server's own rules of FTP for this account. */
  ftp: {
    sessionReuse: maybe(choice(SESSION_REUSE_RULES), {
      flag: '--session-reuse <rule>',
      summary: 'which TLS session its data connections must resume',
      none: 'default',
      label: 'session reuse',
      absent: 'as the server',
    }),
    endOfStream: maybe(choice(END_OF_STREAM_RULES), {
      flag: '--end-of-stream <rule>',
      summary: 'uploads must end in close_notify',
      none: 'default',
      label: 'end of stream',
      absent: 'as the server',
    }),
  },
} as const;

/** Rights change only where a rule begins, so the paths of all rules stand for every path. */
function hasLostRights(before: readonly RightsRule[], after: readonly RightsRule[]): boolean {
  const [had, has] = [rightsOf(before), rightsOf(after)];
  const paths = [...before, ...after].map(({ path }) => path);
  return paths.some((path) => RIGHTS.some((right) => had(right, path) && !has(right, path)));
}

/** Whether a list, where an empty one means anything, still holds all that it held. */
function isWithinList(before: readonly string[], after: readonly string[]): boolean {
  if (after.length === 0) return true;
  return before.length > 0 && before.every((each) => after.includes(each));
}

function isSameMount(one: AccountMount, other: AccountMount): boolean {
  const keys = ['at', 'storage', 'path', 'readOnly'] as const;
  return keys.every((key) => one[key] === other[key]);
}
