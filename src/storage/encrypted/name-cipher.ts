import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import {
  decodeText,
  encodeText,
  MAX_NAME_BYTES,
  namesOf,
  ROOT,
  resolvePath,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { derivedKey } from './file-keys.ts';

const IV_BYTES = 16;

/** How the names of files are stored. */
export interface StoredNames {
  stored(name: string): string;
  /** Undefined for a name that none is stored as. */
  plain(stored: string): string | undefined;
}

export const PLAIN_NAMES: StoredNames = { stored: (name) => name, plain: (stored) => stored };

/**
 * Names that only who has the key reads. One name is always stored as the same text, so that a path can be found: the
 * construction is that of SIV (RFC 5297 section 2.6) with HMAC-SHA-256 in the place of S2V.
 */
export class EncryptedNames implements StoredNames {
  readonly #authentication: KeyObject;
  readonly #encryption: KeyObject;

  constructor(key: Uint8Array) {
    const object = createSecretKey(key);
    this.#authentication = createSecretKey(derivedKey(object, Buffer.alloc(0), 'names, authentication'));
    this.#encryption = createSecretKey(derivedKey(object, Buffer.alloc(0), 'names, encryption'));
  }

  /** @throws StorageError `invalid-name` for one whose text would be too long */
  stored(name: string): string {
    const bytes = encodeText(name);
    const iv = this.#ivOf(bytes);
    const cipher = createCipheriv('aes-256-ctr', this.#encryption, iv);
    const text = Buffer.concat([iv, cipher.update(bytes)]).toString('base64url');
    if (text.length > MAX_NAME_BYTES)
      throw new StorageError('invalid-name', 'The name is too long to be kept encrypted');
    return text;
  }

  plain(stored: string): string | undefined {
    const bytes = Buffer.from(stored, 'base64url');
    // Other texts of the same bytes are no names of ours.
    if (bytes.length <= IV_BYTES || bytes.toString('base64url') !== stored) return undefined;
    const iv = bytes.subarray(0, IV_BYTES);
    const name = createDecipheriv('aes-256-ctr', this.#encryption, iv).update(bytes.subarray(IV_BYTES));
    return timingSafeEqual(this.#ivOf(name), iv) ? decodeText(name) : undefined;
  }

  #ivOf(name: Uint8Array): Buffer {
    return createHmac('sha256', this.#authentication).update(name).digest().subarray(0, IV_BYTES);
  }
}

/** Where the entry of a path is stored. */
export function storedPath(names: StoredNames, path: VirtualPath): VirtualPath {
  return resolvePath(
    ROOT,
    `/${namesOf(path)
      .map((name) => names.stored(name))
      .join('/')}`,
  );
}

/** The target of a link, name by name. */
export function storedTarget(names: StoredNames, target: string): string {
  return eachName(target, (name) => names.stored(name));
}

export function plainTarget(names: StoredNames, target: string): string {
  return eachName(target, (name) => names.plain(name) ?? name);
}

function eachName(target: string, change: (name: string) => string): string {
  return target
    .split('/')
    .map((name) => (name === '' || name === '.' || name === '..' ? name : change(name)))
    .join('/');
}
