import {
  type Cipheriv,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';
import { NONCE_BYTES, TAG_BYTES } from './layout.ts';

export const KEY_BYTES = 32;
const ALGORITHM = 'aes-256-gcm';
const NONCES_AT_ONCE = 1024;
/** What a cipher is given at once: the memory that it takes for more costs a fifth of the encryption. */
const PIECE_BYTES = 32 * 1024;

/**
 * What a chunk is: within the file, its end, or the end of an interrupted upload, which is never taken for the end of a file.
 */
export type ChunkKind = 'middle' | 'last' | 'suspended';

const KINDS: { readonly [Kind in ChunkKind]: number } = { middle: 0, last: 1, suspended: 2 };

/** One key from another, for one purpose. */
export function derivedKey(key: KeyObject, salt: Uint8Array, purpose: string, bytes = KEY_BYTES): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `lockport encrypted storage v1: ${purpose}`, bytes));
}

/**
 * Seals the chunks of one file. Each seal takes a new random nonce, so that no state has to outlive a crash for a nonce never
 * to be used again with other bytes.
 */
export class FileKeys {
  readonly #chunks: KeyObject;
  readonly #marks: Cipheriv;

  constructor(key: Buffer) {
    const object = createSecretKey(key);
    this.#chunks = createSecretKey(derivedKey(object, Buffer.alloc(0), 'chunks'));
    // One block each time: AES as the pseudo-random permutation that it is. No data are encrypted so.
    this.#marks = createCipheriv('aes-256-ecb', derivedKey(object, Buffer.alloc(0), 'chunk set'), null);
    this.#marks.setAutoPadding(false);
  }

  /** A chunk as it is stored: nonce, bytes, tag. The parts are sealed as one. */
  seal(index: number, kind: ChunkKind, ...parts: readonly Uint8Array[]): Buffer[] {
    const nonce = nextNonce();
    const cipher = createCipheriv(ALGORITHM, this.#chunks, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associated(index, kind));
    const sealed = [nonce, ...parts.flatMap(pieces).map((piece) => cipher.update(piece))];
    cipher.final();
    return [...sealed, cipher.getAuthTag()];
  }

  /** The bytes of a chunk; undefined where it is not this chunk of this file. */
  open(index: number, kind: ChunkKind, sealed: Buffer): Buffer | undefined {
    const end = sealed.length - TAG_BYTES;
    if (end < NONCE_BYTES) return undefined;
    const decipher = createDecipheriv(ALGORITHM, this.#chunks, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associated(index, kind));
    decipher.setAuthTag(sealed.subarray(end));
    const bytes = decipher.update(sealed.subarray(NONCE_BYTES, end));
    try {
      decipher.final();
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** What nobody without the key can tell, of a chunk that was sealed with this nonce. */
  mark(index: number, nonce: Uint8Array): Buffer {
    const block = Buffer.allocUnsafe(16);
    block.writeUInt32BE(index);
    block.set(nonce.subarray(0, NONCE_BYTES), 4);
    return this.#marks.update(block);
  }
}

function pieces(part: Uint8Array): Uint8Array[] {
  if (part.length <= PIECE_BYTES) return [part];
  return [part.subarray(0, PIECE_BYTES), ...pieces(part.subarray(PIECE_BYTES))];
}

function associated(index: number, kind: ChunkKind): Buffer {
  const bytes = Buffer.allocUnsafe(5);
  bytes.writeUInt32BE(index);
  bytes.writeUInt8(KINDS[kind], 4);
  return bytes;
}

/** Random bytes cost less by the thousand; each is taken once. */
let nonces = Buffer.alloc(0);

function nextNonce(): Buffer {
  if (nonces.length === 0) nonces = randomFillSync(Buffer.allocUnsafeSlow(NONCES_AT_ONCE * NONCE_BYTES));
  const nonce = nonces.subarray(0, NONCE_BYTES);
  nonces = nonces.subarray(NONCE_BYTES);
  return nonce;
}
