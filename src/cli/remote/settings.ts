import { parseBytes } from '../quantity.ts';

/** What a value of a setting has to be. */
interface ValueKind<Value> {
  /** Completes "expected ...". */
  readonly expected: string;
  /** Of a flag, which gives text, or of a file, which may give anything. Undefined: it is not as expected. */
  readonly read: (given: unknown) => Value | undefined;
}

const PIN = /^(sha256\/\/[A-Za-z0-9+/]{43}=|SHA256:[A-Za-z0-9+/]{43}|([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2})$/;

/** How to reach a server and what to do there, as flags and bookmarks say it. A table without a library: every verb needs it. */
const SETTINGS = {
  user: text('a user name'),
  ca: text('the path of a PEM file'),
  pin: pins(),
  cert: text('the path of a PEM file'),
  key: text('the path of a file that holds a private key'),
  trustOnFirstUse: truth(),
  allowClear: truth(),
  active: truth(),
  sessionReuse: oneOf('require', 'prefer', 'off'),
  endOfStream: oneOf('strict', 'lenient'),
  encoding: text('the name of a charset, such as windows-1252'),
  proxy: text('an address such as socks5://localhost:1080 or http://proxy.example:3128', /^(socks5|http):\/\/./),
  connectTimeout: seconds(),
  stallTimeout: seconds(),
  retries: whole(0, 100),
  parallel: whole(1, 64),
  limitRate: rate(),
} as const;

type SettingName = keyof typeof SETTINGS;

/** Settings of one server; times are in seconds, the rate is in bytes a second. */
export type RemoteSettings = {
  readonly [Name in SettingName]?: (typeof SETTINGS)[Name] extends ValueKind<infer Value> ? Value : never;
};

/** A setting that is not as it should be, or is none. */
export interface SettingMistake {
  readonly name: string;
  /** Completes "expected ..."; undefined: there is no such setting. */
  readonly expected: string | undefined;
}

export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);

/** What the values say, by the names of settings; or the first mistake in them. */
export function readSettings(given: {
  readonly [name: string]: unknown;
}): { readonly settings: RemoteSettings } | { readonly mistake: SettingMistake } {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!isSettingName(name)) return { mistake: { name, expected: undefined } };
    const { read, expected } = SETTINGS[name];
    settings[name] = read(value);
    if (settings[name] === undefined) return { mistake: { name, expected } };
  }
  return { settings };
}

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

function text(expected: string, pattern = /./s): ValueKind<string> {
  return { expected, read: (given) => (typeof given === 'string' && pattern.test(given) ? given : undefined) };
}

function pins(): ValueKind<string[]> {
  const { expected, read } = text(
    'sha256// and 44 characters, a SHA-256 fingerprint in hexadecimal, or of SSH SHA256: and 43 characters',
    PIN,
  );
  return {
    expected,
    read: (given) => (Array.isArray(given) && given.every((pin) => read(pin) !== undefined) ? given : undefined),
  };
}

function truth(): ValueKind<boolean> {
  return { expected: 'true or false', read: (given) => (typeof given === 'boolean' ? given : undefined) };
}

function oneOf<const Word extends string>(...words: readonly Word[]): ValueKind<Word> {
  return {
    expected: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    read: (given) => words.find((word) => word === given),
  };
}

function whole(lowest: number, highest: number): ValueKind<number> {
  return {
    expected: `a whole number from ${lowest} to ${highest}`,
    read: within(lowest, highest, Number.isInteger),
  };
}

function seconds(): ValueKind<number> {
  return { expected: 'a number of seconds, from 0.1 to 86400', read: within(0.1, 86_400) };
}

/** A flag gives text, a file a number. */
function within(lowest: number, highest: number, fits: (value: number) => boolean = Number.isFinite) {
  return (given: unknown) => {
    const isDigits = typeof given === 'string' && /^\d{1,9}(\.\d{1,3})?$/.test(given);
    const value = isDigits ? Number(given) : given;
    return typeof value === 'number' && fits(value) && value >= lowest && value <= highest ? value : undefined;
  };
}

function rate(): ValueKind<number> {
  return {
    expected: 'a size such as 500kB or 10MiB',
    read: (given) =>
      typeof given === 'number' || typeof given === 'string' ? parseBytes(String(given)) || undefined : undefined,
  };
}
