import { isIP } from 'node:net';
import { Option } from 'commander';
import {
  type Account,
  type AccountChanges,
  RIGHTS,
  type Right,
  type RightsRule,
  ROOT,
  resolvePath,
  SESSION_REUSE_RULES,
  StorageError,
  type VirtualPath,
} from '../core/index.ts';
import { parseBytes } from './quantity.ts';
import { UsageError } from './usage-error.ts';

/** One flag that says something of an account. */
interface AccountFlag {
  readonly option: Option;
  /** What the flag's values (one, unless it is repeatable) make of the account. @throws UsageError */
  readonly change: (values: readonly string[], account: Account) => AccountChanges;
}

/** The flags of `user add` and `user set`. */
const FLAGS: readonly AccountFlag[] = [
  {
    option: new Option('--home <path>', 'directory that the account sees as /'),
    change: ([path = '']) => ({ home: virtualPath('--home', path) }),
  },
  {
    option: repeated(
      '--rights <rights>',
      `comma-separated, or all, or none; PATH=RIGHTS for a path (${RIGHTS.join(', ')})`,
    ),
    change: (rules) => ({ rights: rules.map(rightsRule) }),
  },
  {
    option: new Option('--quota-bytes <size>', 'most bytes in its home, as 10GiB; or none'),
    change: ([text = ''], { quota }) => ({ quota: without({ ...quota, bytes: bytes('--quota-bytes', text) }) }),
  },
  {
    option: new Option('--quota-files <number>', 'most files in its home; or none'),
    change: ([text = ''], { quota }) => ({ quota: without({ ...quota, files: count('--quota-files', text) }) }),
  },
  {
    option: new Option('--rate-up <size>', 'upload in bytes a second, as 10MB; or none'),
    change: ([text = ''], { rate }) => ({ rate: without({ ...rate, upload: bytes('--rate-up', text, 1) }) }),
  },
  {
    option: new Option('--rate-down <size>', 'download in bytes a second; or none'),
    change: ([text = ''], { rate }) => ({ rate: without({ ...rate, download: bytes('--rate-down', text, 1) }) }),
  },
  {
    option: new Option('--max-sessions <number>', 'sessions at once; or none'),
    change: ([text = '']) => ({ maxSessions: count('--max-sessions', text, 1) }),
  },
  {
    option: repeated('--allow <address>', 'address or CIDR range that it may come from; any for all'),
    change: (ranges) => ({ allowedAddresses: ranges.filter((range) => range !== 'any').map(addressRange) }),
  },
  {
    option: new Option('--expires <date>', 'last moment, as 2030-12-31 or 2030-12-31T18:00:00Z; or never'),
    change: ([text = '']) => ({ expires: text === 'never' ? undefined : date(text) }),
  },
  {
    option: choice(
      '--session-reuse <rule>',
      [...SESSION_REUSE_RULES, 'default'],
      'which TLS session its data connections must resume',
    ),
    change: ([rule = '']) => ({
      sessionReuse: rule === 'default' ? undefined : (rule as NonNullable<Account['sessionReuse']>),
    }),
  },
  {
    option: choice('--end-of-stream <rule>', ['strict', 'lenient', 'default'], 'uploads must end in close_notify'),
    change: ([rule = '']) => ({
      endOfStream: rule === 'default' ? undefined : (rule as NonNullable<Account['endOfStream']>),
    }),
  },
  {
    option: choice(
      '--certificate <use>',
      ['none', 'with-password', 'instead-of-password'],
      'what a client certificate is to it',
    ),
    change: ([use = ''], { certificate }) => ({
      certificate: { ...certificate, use: use as Account['certificate']['use'] },
    }),
  },
  {
    option: repeated('--fingerprint <sha256>', 'certificate that is its own; any for one whose subject is its name'),
    change: (values, { certificate }) => ({
      certificate: { ...certificate, fingerprints: values.filter((value) => value !== 'any').map(fingerprint) },
    }),
  },
];

export const ACCOUNT_OPTIONS: readonly Option[] = FLAGS.map(({ option }) => option);

/** What commander made of the command line, by the attribute of each option. */
export type AccountFlagValues = Readonly<Record<string, string | string[] | undefined>>;

/** What the given flags change in the account. @throws UsageError for a value that can't be. */
export function changesFrom(flags: AccountFlagValues, account: Account): AccountChanges {
  return FLAGS.reduce<AccountChanges>((changes, flag) => {
    const value = flags[flag.option.attributeName()];
    if (value === undefined) return changes;
    return { ...changes, ...flag.change([value].flat(), withChanges(account, changes)) };
  }, {});
}

/** The account with the changes. What they take away is undefined in it, which the database stores as absent. */
export function withChanges(account: Account, changes: AccountChanges): Account {
  return { ...account, ...changes } as Account;
}

function repeated(flags: string, summary: string): Option {
  const collect = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];
  return new Option(flags, `${summary} (repeatable)`).argParser(collect);
}

function choice(flags: string, values: readonly string[], summary: string): Option {
  return new Option(flags, summary).choices(values);
}

function rightsRule(text: string): RightsRule {
  const equals = text.lastIndexOf('=');
  const path = virtualPath('--rights', equals < 0 ? '/' : text.slice(0, equals));
  const names = text.slice(equals + 1);
  if (names === 'all') return { path, rights: RIGHTS };
  if (names === 'none') return { path, rights: [] };
  return { path, rights: names.split(',').map(right) };
}

function right(name: string): Right {
  const found = RIGHTS.find((right) => right === name.trim());
  if (found) return found;
  throw new UsageError(`--rights: "${name.trim()}" is no right; the rights are ${RIGHTS.join(', ')}, or all, or none`);
}

function addressRange(text: string): string {
  const [, address = '', prefix = '0'] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128)) return text;
  throw new UsageError(
    `--allow: expected an address or a range such as 192.0.2.0/24 or 2001:db8::/32, or any, got "${text}"`,
  );
}

function bytes(flag: string, text: string, lowest = 0): number | undefined {
  const value = parseBytes(text);
  if (value !== undefined && value >= lowest) return value;
  if (text === 'none') return undefined;
  throw new UsageError(`${flag}: expected a size such as 500MB or 10GiB, or none, got "${text}"`);
}

function count(flag: string, text: string, lowest = 0): number | undefined {
  if (/^\d{1,15}$/.test(text) && Number(text) >= lowest) return Number(text);
  if (text === 'none') return undefined;
  throw new UsageError(`${flag}: expected a whole number from ${lowest} on, or none, got "${text}"`);
}

function virtualPath(flag: string, text: string): VirtualPath {
  try {
    return resolvePath(ROOT, text);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new UsageError(`${flag}: ${error.message}`, { cause: error });
  }
}

/** A day without a time means the end of that day, in UTC. */
function date(text: string): Date {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const value = new Date(isDay ? `${text}T23:59:59.999Z` : text);
  // The 30th of February would silently become the 2nd of March.
  const exists = !Number.isNaN(value.getTime()) && (!isDay || value.toISOString().startsWith(text));
  if ((isDay || isMoment) && exists) return value;
  throw new UsageError(
    `--expires: expected a date such as 2030-12-31 or 2030-12-31T18:00:00Z, or never, got "${text}"`,
  );
}

/** As openssl prints it, or any like it. */
function fingerprint(text: string): string {
  const hex = text
    .replace(/^sha256 fingerprint=/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw new UsageError(
    '--fingerprint: expected a SHA-256 fingerprint, as "openssl x509 -fingerprint -sha256" prints it',
  );
}

/** The object without its undefined values: stored settings have an optional value or do not have it. */
function without<Value extends object>(values: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as { [Key in keyof Value]: Exclude<Value[Key], undefined> };
}
