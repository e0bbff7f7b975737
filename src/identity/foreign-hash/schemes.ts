import { Buffer } from 'node:buffer';
import { createHash, pbkdf2Sync, scryptSync, timingSafeEqual } from 'node:crypto';
import { cryptNumber, cryptText } from './crypt-base64.ts';
import { md5Crypt } from './md5-crypt.ts';
import { shaCrypt } from './sha-crypt.ts';

/** The groups of a scheme's pattern, which has matched. */
type Parts = Readonly<Record<string, string>>;

/** A way in which other servers store passwords. */
export interface Scheme {
  readonly name: string;
  /** Whether whoever reads such a hash can guess its password in little time. */
  readonly isWeak?: true;
  /** With named groups. */
  readonly pattern: RegExp;
  /** What a check costs, as a part of the most that one may cost. Absent: nothing worth counting. */
  cost?(parts: Parts): number;
  /** Whether the password is the one that was hashed. It takes the thread's time. */
  check(password: Buffer, parts: Parts, hash: string): boolean | Promise<boolean>;
}

/** The most that a check may cost: about ten seconds of one core, and 256 MiB. What programs choose by themselves is below it. */
const MOST = { bcryptCost: 14, cryptRounds: 500_000, pbkdf2Iterations: 2_000_000, scryptWork: 2 ** 20 } as const;
/** In KiB, and in KiB times passes. Pure-FTPd chooses 8 MiB, and up to 1023 passes on a fast machine. */
const MOST_ARGON2 = { memory: 2 ** 18, work: 2 ** 23, lanes: 64 } as const;
const MAX_SCRYPT_BYTES = 256 * 2 ** 20;

const CRYPT_ROUNDS = 5000;
/** What the text of sha-crypt has at the least: fewer are taken for so many. */
const LEAST_CRYPT_ROUNDS = 1000;
/** bcrypt looks at no more of a password. */
const BCRYPT_BYTES = 72;

/** Every scheme that can be checked. */
export const SCHEMES: readonly Scheme[] = [
  {
    name: 'bcrypt',
    pattern: /^\$2[aby]\$(?<cost>0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/,
    cost: ({ cost }) => 2 ** (Number(cost) - MOST.bcryptCost),
    async check(password, _parts, hash) {
      const { bcryptVerify } = await import('hash-wasm');
      return bcryptVerify({ password: password.subarray(0, BCRYPT_BYTES), hash });
    },
  },
  {
    name: 'argon2',
    pattern:
      /^\$argon2(?:id|i)\$v=19\$m=(?<memory>\d{1,9}),t=(?<passes>\d{1,9}),p=(?<lanes>\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/,
    cost({ memory, passes, lanes }) {
      const [m, t, p] = [Number(memory), Number(passes), Number(lanes)];
      if (m < 8 * p || t === 0 || p === 0) return Infinity;
      return Math.max(m / MOST_ARGON2.memory, (m * t) / MOST_ARGON2.work, p / MOST_ARGON2.lanes);
    },
    async check(password, _parts, hash) {
      const { argon2Verify } = await import('hash-wasm');
      return argon2Verify({ password, hash });
    },
  },
  {
    name: 'sha512-crypt',
    pattern: /^\$6\$(?:rounds=(?<rounds>\d{1,9})\$)?(?<salt>[^$\n:]{0,16})\$(?<digest>[./A-Za-z0-9]{86})$/,
    cost: costOfCrypt,
    check: checkCrypt('sha512'),
  },
  {
    name: 'sha256-crypt',
    pattern: /^\$5\$(?:rounds=(?<rounds>\d{1,9})\$)?(?<salt>[^$\n:]{0,16})\$(?<digest>[./A-Za-z0-9]{43})$/,
    cost: costOfCrypt,
    check: checkCrypt('sha256'),
  },
  {
    name: 'scrypt of crypt(3)',
    pattern:
      /^\$7\$(?<log>[./A-Za-z0-9])(?<r>[./A-Za-z0-9]{5})(?<p>[./A-Za-z0-9]{5})(?<salt>[^$\n:]{0,86})\$(?<digest>[./A-Za-z0-9]{43})$/,
    cost(parts) {
      const { N, r, p } = scryptCost(parts);
      return r === 0 || p === 0 || N < 2
        ? Infinity
        : Math.max((N * r * p) / MOST.scryptWork, (128 * N * r) / MAX_SCRYPT_BYTES);
    },
    check(password, parts) {
      const key = scryptSync(password, text(parts, 'salt'), 32, { ...scryptCost(parts), maxmem: 2 * MAX_SCRYPT_BYTES });
      return isSame(Buffer.from(cryptText(key)), text(parts, 'digest'));
    },
  },
  {
    name: 'pbkdf2',
    pattern:
      /^\$pbkdf2-(?<isBase64>b64salt-)?(?<algorithm>sha1|sha256|sha512)\$(?<iterations>[1-9]\d{0,8})\$(?<salt>[^$\n]{1,172})\$(?<digest>[A-Za-z0-9+/]{22,86}={0,2})$/,
    cost: ({ iterations }) => Number(iterations) / MOST.pbkdf2Iterations,
    check(password, parts) {
      const { isBase64, algorithm = '', iterations, digest = '' } = parts;
      const salt = Buffer.from(parts['salt'] ?? '', isBase64 === undefined ? 'utf8' : 'base64');
      const key = Buffer.from(digest, 'base64');
      return isSame(pbkdf2Sync(password, salt, Number(iterations), key.length, algorithm), key);
    },
  },
  {
    name: 'md5-crypt',
    isWeak: true,
    pattern: /^(?<magic>\$(?:1|apr1)\$)(?<salt>[^$\n:]{0,8})\$(?<digest>[./A-Za-z0-9]{22})$/,
    check: (password, parts) =>
      isSame(Buffer.from(md5Crypt(parts['magic'] ?? '', password, text(parts, 'salt'))), text(parts, 'digest')),
  },
  {
    // A notation of our own for what older FileZilla servers store: SHA-512 of the password with the salt behind it.
    name: 'salted SHA-512',
    isWeak: true,
    pattern: /^\$salted-sha512\$(?<salt>[A-Za-z0-9+/]{1,172}={0,2})\$(?<digest>[0-9a-f]{128})$/,
    check(password, { salt = '', digest = '' }) {
      const sum = createHash('sha512').update(password).update(Buffer.from(salt, 'base64'));
      return isSame(sum.digest(), Buffer.from(digest, 'hex'));
    },
  },
  {
    name: 'plain MD5',
    isWeak: true,
    pattern: /^\$md5\$(?<digest>[0-9a-f]{32})$/,
    check: (password, { digest = '' }) =>
      isSame(createHash('md5').update(password).digest(), Buffer.from(digest, 'hex')),
  },
];

function costOfCrypt({ rounds }: Parts): number {
  return Number(rounds ?? CRYPT_ROUNDS) / MOST.cryptRounds;
}

function checkCrypt(algorithm: 'sha256' | 'sha512'): Scheme['check'] {
  return (password, parts) => {
    const rounds = Math.max(Number(parts['rounds'] ?? CRYPT_ROUNDS), LEAST_CRYPT_ROUNDS);
    return isSame(Buffer.from(shaCrypt(algorithm, password, text(parts, 'salt'), rounds)), text(parts, 'digest'));
  };
}

function scryptCost({ log = '', r = '', p = '' }: Parts): {
  readonly N: number;
  readonly r: number;
  readonly p: number;
} {
  return { N: 2 ** cryptNumber(log), r: cryptNumber(r), p: cryptNumber(p) };
}

function text(parts: Parts, name: string): Buffer {
  return Buffer.from(parts[name] ?? '');
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
