import {
  type AccountMount,
  type FieldKind,
  type FieldKindName,
  type FieldValues,
  isGroupName,
  isMailAddress,
  isNetwork,
  isStorageName,
  printable,
  publicKeyLine,
  RIGHTS,
  type Right,
  type RightsRule,
  ROOT,
  resolvePath,
  StorageError,
} from '../core/index.ts';
import { formatBytes, formatDuration, parseBytes, parseDuration } from './quantity.ts';
import { UsageError } from './usage-error.ts';

/** How values of a kind are written on the command line. */
interface FieldText<Value> {
  /** Completes "expected ...". */
  expected(kind: FieldKind<unknown>): string;
  /** Undefined for a word that means nothing. @throws UsageError whose message is not complete without the flag's name */
  parse(word: string, kind: FieldKind<unknown>): Value | undefined;
  format(value: Value): string;
}

/** One line for each kind of field that is no list. */
const TEXTS: { readonly [Name in keyof FieldValues]: FieldText<FieldValues[Name]> } = {
  path: {
    expected: () => 'a path',
    parse: virtualPath,
    format: (path) => path,
  },
  rights: {
    expected: () => `rights (${RIGHTS.join(', ')})`,
    parse: rightsRule,
    format: ({ path, rights }) => `${path}=${rights.length === RIGHTS.length ? 'all' : rights.join(',') || 'none'}`,
  },
  size: {
    expected: () => 'a size such as 500MB or 10GiB',
    parse: (word, { least = 0 }) => atLeast(least, parseBytes(word)),
    format: formatBytes,
  },
  count: {
    expected: ({ least = 0 }) => `a whole number from ${least} on`,
    parse: (word, { least = 0 }) => atLeast(least, /^\d{1,15}$/.test(word) ? Number(word) : undefined),
    format: String,
  },
  duration: {
    expected: () => 'a time such as 90s, 15m or 2h',
    parse: (word, { least = 0 }) => atLeast(least, (parseDuration(word) ?? Number.NaN) / 1000),
    format: (seconds) => formatDuration(seconds * 1000),
  },
  network: {
    expected: () => 'an address or a range such as 192.0.2.0/24 or 2001:db8::/32',
    parse: (word) => (isNetwork(word) ? word : undefined),
    format: (network) => network,
  },
  moment: {
    expected: () => 'a date such as 2030-12-31 or 2030-12-31T18:00:00Z',
    parse: parseMoment,
    format: formatMoment,
  },
  switch: {
    expected: () => 'true or false',
    parse: (word) => (word === 'true' ? true : word === 'false' ? false : undefined),
    format: String,
  },
  choice: {
    expected: ({ words = [] }) => `one of ${words.join(', ')}`,
    parse: (word, { words = [] }) => words.find((each) => each === word),
    format: (word) => word,
  },
  email: {
    expected: () => 'an e-mail address such as anna@example.org',
    parse: (word) => (isMailAddress(word) ? word : undefined),
    format: (address) => address,
  },
  fingerprint: {
    expected: () => 'a SHA-256 fingerprint, as "openssl x509 -fingerprint -sha256" prints it',
    parse: fingerprint,
    format: (hex) => hex,
  },
  key: {
    expected: () => 'a public key as ssh-keygen writes it, such as "ssh-ed25519 AAAA... anna@laptop"',
    parse: publicKeyLine,
    format: printable,
  },
  mount: {
    expected: () => 'a mount such as /archive=cold or /archive=cold:/2026,ro',
    parse: mount,
    format: ({ at, storage, path, readOnly }) =>
      `${at}=${storage}${path === undefined ? '' : `:${path}`}${readOnly ? ',ro' : ''}`,
  },
  group: {
    expected: () => 'the name of a group',
    parse: (word) => (isGroupName(word) ? word : undefined),
    format: printable,
  },
};

/** The value that words on the command line stand for: one, or one for each item of a list. @throws UsageError */
export function parseField(flag: string, kind: FieldKind<unknown>, words: readonly string[], none?: string): unknown {
  const { item } = kind;
  if (item) return words.filter((word) => word !== none).map((word) => parseWord(flag, item, word, none));
  const [word = ''] = words;
  return word === none ? undefined : parseWord(flag, kind, word, none);
}

/** The texts of a value: one, or one for each item of a list. */
export function formatField(kind: FieldKind<unknown>, value: unknown): readonly string[] {
  const { item } = kind;
  return item ? (value as readonly unknown[]).map((each) => textOf(item).format(each)) : [textOf(kind).format(value)];
}

/** `2030-12-31 18:00:00`, in UTC. */
export function formatMoment(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

function parseWord(flag: string, kind: FieldKind<unknown>, word: string, none: string | undefined): unknown {
  const text = textOf(kind);
  try {
    const value = text.parse(word, kind);
    if (value !== undefined) return value;
  } catch (error) {
    if (!(error instanceof StorageError || error instanceof UsageError)) throw error;
    throw new UsageError(`${flag}: ${error.message}`, { cause: error });
  }
  const expected = `expected ${text.expected(kind)}${none === undefined ? '' : `, or ${none}`}`;
  throw new UsageError(`${flag}: ${expected}, got "${printable(word)}"`);
}

function textOf(kind: FieldKind<unknown>): FieldText<unknown> {
  const texts: { readonly [Name in FieldKindName]?: FieldText<unknown> } = TEXTS;
  const text = texts[kind.name];
  if (text) return text;
  throw new TypeError(`There is no text for fields of the kind ${kind.name}`);
}

function virtualPath(word: string) {
  return resolvePath(ROOT, word);
}

function rightsRule(word: string): RightsRule {
  const equals = word.lastIndexOf('=');
  const path = virtualPath(equals < 0 ? '/' : word.slice(0, equals));
  const names = word.slice(equals + 1);
  if (names === 'all') return { path, rights: RIGHTS };
  if (names === 'none') return { path, rights: [] };
  return { path, rights: names.split(',').map(right) };
}

function right(name: string): Right {
  const found = RIGHTS.find((right) => right === name.trim());
  if (found) return found;
  throw new UsageError(`"${name.trim()}" is no right; the rights are ${RIGHTS.join(', ')}, or all, or none`);
}

/** The path where it is seen ends at the first `=`. */
function mount(word: string): AccountMount | undefined {
  const [, at = '', storage = '', path, readOnly] = /^([^=]+)=([^:,]+)(?::(.+?))?(,ro)?$/.exec(word) ?? [];
  const place = virtualPath(at);
  if (!isStorageName(storage) || place === ROOT) return undefined;
  return {
    at: place,
    storage,
    ...(path !== undefined && { path: virtualPath(path) }),
    ...(readOnly !== undefined && { readOnly: true }),
  };
}

function atLeast(least: number, value: number | undefined): number | undefined {
  return value !== undefined && value >= least ? value : undefined;
}

/** A day without a time means the end of that day, in UTC. */
export function parseMoment(text: string): Date | undefined {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const value = new Date(isDay ? `${text}T23:59:59.999Z` : text);
  // The 30th of February would silently become the 2nd of March.
  const exists = !Number.isNaN(value.getTime()) && (!isDay || value.toISOString().startsWith(text));
  return (isDay || isMoment) && exists ? value : undefined;
}

/** As openssl prints it, or any like it. */
function fingerprint(text: string): string | undefined {
  const hex = text
    .replace(/^sha256 fingerprint=/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? hex : undefined;
}
