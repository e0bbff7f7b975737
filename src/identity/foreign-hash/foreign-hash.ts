import { SCHEMES, type Scheme } from './schemes.ts';

/** The longest text that is looked at. */
const MAX_HASH_LENGTH = 512;

/** What the hash of a password that another server made is to us. */
export interface HashVerdict {
  /** How it was made, as people call it: `bcrypt`. */
  readonly scheme: string;
  /** Whether whoever reads it can guess its password in little time. */
  readonly isWeak: boolean;
  /** Why no password is checked against it, as a part of a sentence. Absent: passwords are. */
  readonly refusal?: string;
}

/** A hash that passwords are checked against. */
export interface CheckableHash {
  readonly scheme: Scheme;
  readonly parts: Readonly<Record<string, string>>;
}

/** Says what a hash of another server is, before it is stored. */
export function describeHash(hash: string): HashVerdict {
  const known = find(hash);
  if (known) {
    const { name, isWeak = false } = known.scheme;
    return {
      scheme: name,
      isWeak,
      ...(isTooCostly(known) && { refusal: 'checking it would take too much time or memory' }),
    };
  }
  const [, scheme = 'unknown', refusal = 'its form is unknown, or it is damaged'] =
    NOT_CHECKED.find(([pattern]) => pattern.test(hash)) ?? [];
  return { scheme, isWeak: false, refusal };
}

/** The scheme of a hash; undefined where it is unknown, damaged, or too costly to check. */
export function checkableHash(hash: string): CheckableHash | undefined {
  const known = find(hash);
  return known && !isTooCostly(known) ? known : undefined;
}

/** What other servers have, and no password is checked against. */
const NOT_CHECKED: readonly (readonly [pattern: RegExp, scheme: string, refusal: string])[] = [
  [/^\$(?:y|gy)\$/, 'yescrypt', 'there is no well-kept implementation of yescrypt that could check it'],
  [/^\$(?:1|5|6|7|2[abxy]|apr1|argon2\w+|pbkdf2[\w-]*)\$/, 'damaged', 'it is damaged, or of a form that is not read'],
  [/^[./A-Za-z0-9]{13}$/, 'DES', 'DES of crypt(3) looks at eight characters alone, and can be searched through'],
  [/^[!*]/, 'none', 'the password is locked'],
];

function find(hash: string): CheckableHash | undefined {
  if (hash.length > MAX_HASH_LENGTH) return undefined;
  for (const scheme of SCHEMES) {
    const parts = scheme.pattern.exec(hash);
    if (parts) return { scheme, parts: parts.groups ?? {} };
  }
  return undefined;
}

function isTooCostly({ scheme, parts }: CheckableHash): boolean {
  return (scheme.cost?.(parts) ?? 0) > 1;
}
