import { isGroupName } from '../account-name.ts';
import { isNetwork } from '../network.ts';
import { ROOT, resolvePath, type VirtualPath } from '../path.ts';
import { type PublicKeyLine, readPublicKeyLine } from '../public-key.ts';
import { type AccountMount, isStorageName, RIGHTS, type RightsRule } from './values.ts';

/**
 * A kind of value that a field of an account may have. `name` is what those who show and read it as text decide by; they
 * have one line for each.
 */
export interface FieldKind<Value, Name extends FieldKindName = FieldKindName> {
  readonly name: Name;
  /** The value in a JSON document. @throws FieldError where it is none of this kind */
  readonly read: (json: unknown) => Value;
  /** Of `choice`: the words. */
  readonly words?: readonly string[];
  /** Of `count`, `size` and `duration`: the lowest number. */
  readonly least?: number;
  /** Of a list: the kind of its items. */
  readonly item?: FieldKind<unknown>;
  /** Of kinds that hold paths: the value with other paths. In the value of a group they are templates. */
  mapPaths?(value: Value, map: (path: VirtualPath) => VirtualPath): Value;
}

export type FieldKindName = keyof FieldValues | 'list';

/** What is read of each kind that is no list. */
export interface FieldValues {
  readonly path: VirtualPath;
  readonly rights: RightsRule;
  readonly size: number;
  readonly count: number;
  readonly network: string;
  readonly moment: Date;
  readonly switch: boolean;
  readonly choice: string;
  readonly fingerprint: string;
  readonly key: PublicKeyLine;
  readonly mount: AccountMount;
  readonly group: string;
  readonly email: string;
  /** In seconds. */
  readonly duration: number;
}

/** A value that is not what it should be; `place` is where within the field, as `[0].rights`. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly place: string;

  constructor(message: string, place = '') {
    super(message);
    this.place = place;
  }
}

export const path: FieldKind<VirtualPath, 'path'> = {
  name: 'path',
  read: readPath,
  mapPaths: (path, map) => map(path),
};

/** The rights below one path. */
export const rightsRule: FieldKind<RightsRule, 'rights'> = {
  name: 'rights',
  read(json) {
    const { path, rights } = recordOf(json, ['path', 'rights']);
    return {
      path: within('.path', () => readPath(path)),
      rights: within('.rights', () => itemsOf(rights, (right) => oneOf(RIGHTS, right))),
    };
  },
  mapPaths: ({ path, rights }, map) => ({ path: within('.path', () => map(path)), rights }),
};

/** A number of bytes, or of bytes a second. */
export function size(least = 0): FieldKind<number, 'size'> {
  return { name: 'size', least, read: (json) => whole(json, least) };
}

export function count(least = 0): FieldKind<number, 'count'> {
  return { name: 'count', least, read: (json) => whole(json, least) };
}

/** A length of time in whole seconds. */
export function duration(least = 1): FieldKind<number, 'duration'> {
  return { name: 'duration', least, read: (json) => whole(json, least) };
}

/** An address, or a CIDR range of them. */
export const network: FieldKind<string, 'network'> = {
  name: 'network',
  read: (json) => expect(text(json), isNetwork, 'an address or a range such as 192.0.2.0/24 or 2001:db8::/32'),
};

/** A moment; in JSON as ISO 8601 in UTC. */
export const moment: FieldKind<Date, 'moment'> = {
  name: 'moment',
  read(json) {
    const date = new Date(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text(json)) ? text(json) : Number.NaN);
    return expect(date, (date) => !Number.isNaN(date.getTime()), 'a date and time in UTC, as 2030-12-31T18:00:00Z');
  },
};

export const flag: FieldKind<boolean, 'switch'> = {
  name: 'switch',
  read: (json) => oneOf([true, false], json),
};

export function choice<const Word extends string>(words: readonly Word[]): FieldKind<Word, 'choice'> {
  return { name: 'choice', words, read: (json) => oneOf(words, json) };
}

/** SHA-256, lower-case hex, no colons. */
export const fingerprint: FieldKind<string, 'fingerprint'> = {
  name: 'fingerprint',
  read: (json) =>
    expect(text(json), (text) => /^[0-9a-f]{64}$/.test(text), '64 lower-case hexadecimal digits (SHA-256)'),
};

/** A public key, as a line of OpenSSH's authorized_keys, with the options that are held here. */
export const publicKey: FieldKind<PublicKeyLine, 'key'> = {
  name: 'key',
  read(json) {
    const read = readPublicKeyLine(text(json));
    if ('line' in read) return read.line;
    throw new FieldError(
      `expected a public key as OpenSSH writes it, such as "ssh-ed25519 AAAA… anna@laptop": ${read.problem}`,
    );
  },
};

/** A mount. The home is what lies at `/`, so nothing else is mounted there. */
export const mount: FieldKind<AccountMount, 'mount'> = {
  name: 'mount',
  read(json) {
    const { at, storage, path, readOnly } = recordOf(json, ['at', 'storage', 'path', 'readOnly']);
    const place = within('.at', () => readPath(at));
    return {
      at: within('.at', () => expect(place, (path) => path !== ROOT, 'a path below /, which is the home itself')),
      storage: within('.storage', () => expect(text(storage), isStorageName, 'the name of a storage')),
      ...(path !== undefined && { path: within('.path', () => readPath(path)) }),
      ...(readOnly !== undefined && { readOnly: within('.readOnly', () => oneOf([true, false], readOnly)) }),
    };
  },
  mapPaths: ({ at, path, ...rest }, map) => ({
    at: within('.at', () => map(at)),
    ...rest,
    ...(path !== undefined && { path: within('.path', () => map(path)) }),
  }),
};

/** The name of a group of accounts. */
export const group: FieldKind<string, 'group'> = {
  name: 'group',
  read: (json) => expect(text(json), isGroupName, 'the name of a group'),
};

/** An e-mail address of one person or program, without a name or anything else that a mail server reads (RFC 5321). */
export const email: FieldKind<string, 'email'> = {
  name: 'email',
  read: (json) => expect(text(json), isMailAddress, 'an e-mail address such as anna@example.org'),
};

const MAX_MAIL_ADDRESS = 254;

export function isMailAddress(address: string): boolean {
  const form = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*$/;
  return address.length <= MAX_MAIL_ADDRESS && form.test(address);
}

/** Any number of values of a kind. @param key what no two of them may have in common */
export function listOf<Value>(
  item: FieldKind<Value>,
  key?: (value: Value) => string,
): FieldKind<readonly Value[], 'list'> {
  return {
    name: 'list',
    item,
    read(json) {
      const values = itemsOf(json, item.read);
      const keys = key ? values.map(key) : [];
      const double = keys.find((each, index) => keys.indexOf(each) !== index);
      if (double !== undefined) throw new FieldError(`expected ${double} once`);
      return values;
    },
    ...(item.mapPaths && {
      mapPaths: (values, map) =>
        values.map((each, index) => within(`[${index}]`, () => item.mapPaths?.(each, map) ?? each)),
    }),
  };
}

/** Reads a part, and has what is wrong say where. */
export function within<Value>(place: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof FieldError) throw new FieldError(error.message, `${place}${error.place}`);
    throw error;
  }
}

/** The values of an object that has no other keys than these. @throws FieldError */
export function recordOf(
  json: unknown,
  keys: readonly string[],
  owner = 'an account',
): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new FieldError('expected an object');
  const unknown = Object.keys(json).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new FieldError(`there is no ${JSON.stringify(unknown)} in ${owner}`);
  return json as Readonly<Record<string, unknown>>;
}

function readPath(json: unknown): VirtualPath {
  try {
    return resolvePath(ROOT, text(json));
  } catch (error) {
    if (error instanceof FieldError || !(error instanceof Error)) throw error;
    throw new FieldError(error.message);
  }
}

function itemsOf<Value>(json: unknown, read: (json: unknown) => Value): readonly Value[] {
  if (!Array.isArray(json)) throw new FieldError('expected a list');
  return json.map((item: unknown, index) => within(`[${index}]`, () => read(item)));
}

function text(json: unknown): string {
  if (typeof json === 'string') return json;
  throw new FieldError('expected text');
}

function whole(json: unknown, least: number): number {
  const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= least;
  if (isWhole(json)) return json;
  throw new FieldError(`expected a whole number from ${least} on`);
}

function oneOf<Word>(words: readonly Word[], json: unknown): Word {
  const found = words.find((word) => word === json);
  if (found !== undefined) return found;
  throw new FieldError(`expected one of ${words.join(', ')}`);
}

function expect<Value>(value: Value, test: (value: Value) => boolean, expected: string): Value {
  if (test(value)) return value;
  throw new FieldError(`expected ${expected}`);
}
