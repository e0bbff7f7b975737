import { keyOfLine, optionsOfLine, type PublicKeyLine } from '../public-key.ts';
import { rightsOf } from '../rights.ts';
import { always, maybe } from './field.ts';
import {
  choice,
  count,
  duration,
  email,
  fingerprint,
  flag,
  group,
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
  KEY_USES,
  PASSWORD_CHANGE_RULES,
  RIGHTS,
  type RightsRule,
  SECOND_FACTOR_RULES,
  SESSION_REUSE_RULES,
} from './values.ts';

/**
 * The fields of an account except its name, in the order in which `user show` prints them. The type `Account`, the stored
 * documents of accounts and groups, the flags of `user` and `group`, what they show and its JSON derive from them. A new
 * field is one row here. Accounts that were stored before inherit it, or have its initial value, or none.
 */
export const ACCOUNT_FIELDS = {
  /** The groups whose values it has where it has none of its own. The first one with a value counts. */
  groups: always(
    listOf(group, (name) => name),
    {
      flag: '--group <name>',
      summary: 'group whose values the account has where it has none of its own, the first group first; or none',
      none: 'none',
      initial: [],
      label: 'groups',
      absent: 'none',
      isOwn: true,
    },
  ),
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
    summary: `rights, separated by commas: ${RIGHTS.join(', ')}; or all, or none; PATH=RIGHTS sets those below a path`,
    label: 'rights',
    isOneALine: true,
    ends: 'rights narrowed',
    takesAway: hasLostRights,
  }),
  /** Directories of other storages that the account sees in addition to its home. */
  mounts: always(
    listOf(mount, ({ at }) => at),
    {
      flag: '--mount <mount>',
      summary:
        'storage to show at a path: /PATH=STORAGE or /PATH=STORAGE:/DIRECTORY; append ,ro to make it read-only; or none',
      none: 'none',
      initial: [],
      label: 'mount',
      isOneALine: true,
      absent: 'none',
      ends: 'mounts changed',
      takesAway: (before, after) => before.some((mount) => !after.some((other) => isSameMount(mount, other))),
    },
  ),
  /** Paths of the account that are made, where they are missing, whenever an operator makes or changes it. */
  directories: always(
    listOf(path, (path) => path),
    {
      flag: '--directory <path>',
      summary: 'directory to make in what the account sees; or none',
      none: 'none',
      initial: [],
      label: 'directories',
      absent: 'none',
    },
  ),
  quota: {
    bytes: maybe(size(), {
      flag: '--quota-bytes <size>',
      summary: 'largest total size of the files in its home, for example 10GiB; or none',
      none: 'none',
      label: 'quota',
      absent: 'none',
    }),
    files: maybe(count(), {
      flag: '--quota-files <number>',
      summary: 'largest number of files in its home; or none',
      none: 'none',
      label: 'quota',
      shown: (text) => `${text} files`,
    }),
  },
  /** Bytes per second, for all sessions of the account together. */
  rate: {
    upload: maybe(size(1), {
      flag: '--rate-up <size>',
      summary: 'largest upload rate in bytes per second, for example 10MB; or none',
      none: 'none',
      label: 'rate up',
      shown: (text) => `${text}/s`,
      absent: 'any',
    }),
    download: maybe(size(1), {
      flag: '--rate-down <size>',
      summary: 'largest download rate in bytes per second; or none',
      none: 'none',
      label: 'rate down',
      shown: (text) => `${text}/s`,
      absent: 'any',
    }),
  },
  maxSessions: maybe(count(1), {
    flag: '--max-sessions <number>',
    summary: 'largest number of sessions at the same time; or none',
    none: 'none',
    label: 'sessions',
    shown: (text) => `${text} at the most`,
    absent: 'any number',
    ends: 'session limit lowered',
    takesAway: (before = Infinity, after = Infinity) => after < before,
  }),
  /** In seconds. It never exceeds the server's own limit (`idleMs`), which counts where it is shorter. */
  idleTimeout: maybe(duration(), {
    flag: '--idle-timeout <time>',
    summary: 'time without a command or a transfer after which its sessions end, for example 15m; or none',
    none: 'none',
    label: 'idle timeout',
    absent: 'as the server',
  }),
  /** Addresses and CIDR ranges that the account may sign in from; empty: all. */
  allowedAddresses: always(listOf(network), {
    flag: '--allow <address>',
    summary: 'address or CIDR range that the account may sign in from; any for all',
    none: 'any',
    initial: [],
    label: 'allowed from',
    absent: 'anywhere',
    ends: 'allowed addresses narrowed',
    takesAway: (before, after) => !isWithinList(before, after),
  }),
  expires: maybe(moment, {
    flag: '--expires <date>',
    summary: 'when the account expires, for example 2030-12-31 or 2030-12-31T18:00:00Z; or never',
    none: 'never',
    label: 'expires',
    absent: 'never',
    isOwn: true,
  }),
  /** Where its holder is told that something of it expires. */
  email: maybe(email, {
    flag: '--email <address>',
    summary: 'e-mail address of its holder, who is told before the account or its password expires; or none',
    none: 'none',
    label: 'e-mail',
    absent: 'none',
    isOwn: true,
  }),
  disabled: always(flag, {
    summary: 'whether the account is disabled',
    initial: false,
    isOwn: true,
    ends: 'account disabled',
    takesAway: (before, after) => after && !before,
  }),
  /** Whether its holder may set another password for it. */
  passwordChange: always(choice(PASSWORD_CHANGE_RULES), {
    flag: '--password-change <rule>',
    summary: 'whether its holder may set another password (SITE PSWD)',
    initial: 'allowed',
    label: 'password change',
  }),
  certificate: {
    use: always(choice(CERTIFICATE_USES), {
      flag: '--certificate <use>',
      summary: 'role of a client certificate in its login',
      initial: 'none',
      label: 'certificate',
      ends: 'certificate rule changed',
      takesAway: (before, after) => before !== after,
    }),
    /** SHA-256 fingerprints (lower-case hex, no colons) of its certificates; empty: a subject CN equal to its name. */
    fingerprints: always(listOf(fingerprint), {
      flag: '--fingerprint <sha256>',
      summary: 'fingerprint of its certificate; any accepts one whose subject CN is the name of the account',
      none: 'any',
      initial: [],
      label: 'certificate',
      isOwn: true,
      ends: 'certificate rule changed',
      takesAway: (before, after) => !isWithinList(before, after),
    }),
  },
  /** For a front-end that knows public keys (FTP does not). */
  authorizedKeys: always(listOf(publicKey), {
    flag: '--authorized-key <key>',
    summary:
      'its public key, for example "ssh-ed25519 AAAA... comment", with from= and expiry-time= before it; or none',
    none: 'none',
    initial: [],
    label: 'authorized key',
    isOneALine: true,
    isOwn: true,
    absent: 'none',
    ends: 'public key removed',
    takesAway: (before, after) => before.some((line) => !after.some((other) => isHeldToNoMore(line, other))),
  }),
  /** `with-password`: one of its keys and its password, both; a password alone opens nothing, over FTP neither. */
  keyUse: always(choice(KEY_USES), {
    flag: '--key-use <use>',
    summary: 'role of a public key in its login: enough by itself, or needed beside the password',
    initial: 'instead-of-password',
    label: 'key use',
    ends: 'rule of keys changed',
    takesAway: (before, after) => before !== after,
  }),
  /**
   * Where the code of its authenticator is asked for. `always`: with keys and certificates too, and without an authenticator
   * nothing opens the account.
   */
  secondFactor: always(choice(SECOND_FACTOR_RULES), {
    flag: '--second-factor <rule>',
    summary: 'where the code of its authenticator (user totp) is asked for: beside its password, or at each login',
    initial: 'with-password',
    label: 'second factor',
    ends: 'second factor asked for',
    takesAway: (before, after) => before === 'with-password' && after === 'always',
  }),
  /** FTP rules of this account that differ from those of the server. */
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
      summary: 'whether uploads must end in close_notify (strict) or not (lenient)',
      none: 'default',
      label: 'end of stream',
      absent: 'as the server',
    }),
  },
} as const;

/** Rights change only at the path of a rule, so it is enough to compare them at the paths of all rules. */
function hasLostRights(before: readonly RightsRule[], after: readonly RightsRule[]): boolean {
  const [had, has] = [rightsOf(before), rightsOf(after)];
  const paths = [...before, ...after].map(({ path }) => path);
  return paths.some((path) => RIGHTS.some((right) => had(right, path) && !has(right, path)));
}

/** Whether the other line lets the same key in, and is held to nothing else than before. */
function isHeldToNoMore(line: PublicKeyLine, other: PublicKeyLine): boolean {
  const { text } = optionsOfLine(other);
  return keyOfLine(other) === keyOfLine(line) && (text === '' || text === optionsOfLine(line).text);
}

/** Whether a list still holds all that it held. An empty list means everything. */
function isWithinList(before: readonly string[], after: readonly string[]): boolean {
  if (after.length === 0) return true;
  return before.length > 0 && before.every((each) => after.includes(each));
}

function isSameMount(one: AccountMount, other: AccountMount): boolean {
  const keys = ['at', 'storage', 'path', 'readOnly'] as const;
  return keys.every((key) => one[key] === other[key]);
}
