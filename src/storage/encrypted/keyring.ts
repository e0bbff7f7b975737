import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { StorageError } from '../../core/index.ts';
import { damaged, keyMissing } from './failures.ts';
import { derivedKey, KEY_BYTES } from './file-keys.ts';
import { HEADER_BYTES, TAG_BYTES } from './layout.ts';

const MAGIC = Buffer.from('LPCRYPT1', 'latin1');
const ID_BYTES = 16;
const SALT_BYTES = 32;
const ID_AT = 16;
const SALT_AT = ID_AT + ID_BYTES;
const WRAPPED_AT = SALT_AT + SALT_BYTES;
const WRAPPED_BYTES = KEY_BYTES + TAG_BYTES;
const SLOT_BYTES = HEADER_BYTES / 2;
/** Each wrapping has a key of its own, which seals once. */
const ONLY_NONCE = Buffer.alloc(12);

/** A key that wraps the keys of files. */
interface WrappingKey {
  /** In each header that was made with it; tells nothing of the key. */
  readonly id: string;
  readonly key: KeyObject;
}

/** One of the two places for a wrapped key in a header. */
interface Slot {
  readonly index: 0 | 1;
  readonly sequence: number;
  readonly id: string;
  readonly bytes: Buffer;
}

/** The key of a file, and whether its header is as a new one would be. */
export interface OpenedHeader {
  readonly key: Buffer;
  /** It is wrapped by the first key of the ring, and by no other one. */
  readonly isCurrent: boolean;
}

/** A write to a header that a rotation makes. Each leaves a header from which the key of the file can be read. */
export interface SlotWrite {
  readonly position: number;
  readonly bytes: Buffer;
}

/** The keys of a storage: the first one wraps the keys of new files, the others still open what they have wrapped. */
export class Keyring {
  readonly #keys: readonly WrappingKey[];

  /** @param keys of 32 bytes each, at least one. @throws StorageError `unsupported` */
  constructor(keys: readonly Uint8Array[]) {
    if (keys.length === 0 || keys.some(({ length }) => length !== KEY_BYTES)) {
      throw new StorageError('unsupported', `An encrypted storage needs keys of ${KEY_BYTES} bytes`);
    }
    this.#keys = keys.map((bytes) => {
      const key = createSecretKey(bytes);
      return { key, id: derivedKey(key, Buffer.alloc(0), 'key id', ID_BYTES).toString('hex') };
    });
  }

  /** The ids of the keys, the current one first. */
  get ids(): readonly string[] {
    return this.#keys.map(({ id }) => id);
  }

  /** The header of a new file. */
  header(fileKey: Uint8Array): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    header.set(this.#slot(fileKey, 1));
    return header;
  }

  /** The header of the same file as a new one would have it. */
  renewed(header: Buffer): Buffer {
    return this.header(this.open(header).key);
  }

  /** @throws StorageError `io` for a header that none of the keys opens */
  open(header: Buffer): OpenedHeader {
    const slots = slotsOf(header);
    const { key, slot } = this.#opened(slots);
    return { key, isCurrent: slots.length === 1 && slot.id === this.#current.id };
  }

  /**
   * The next write on the way to a header that the first key alone opens; undefined where it is one. After each the header
   * has to be on the medium before the next is asked for: first the new key gets the free place, then the former one goes.
   */
  rewrap(header: Buffer): SlotWrite | undefined {
    const slots = slotsOf(header);
    const { key, slot } = this.#opened(slots);
    const other = slot.index === 0 ? 1 : 0;
    const position = other * SLOT_BYTES;
    if (slot.id !== this.#current.id) return { position, bytes: this.#slot(key, slot.sequence + 1) };
    const isClear = header.subarray(position, position + SLOT_BYTES).every((byte) => byte === 0);
    return isClear ? undefined : { position, bytes: Buffer.alloc(SLOT_BYTES) };
  }

  get #current(): WrappingKey {
    const [current] = this.#keys;
    if (current === undefined) throw new RangeError('the keyring is empty');
    return current;
  }

  #slot(fileKey: Uint8Array, sequence: number): Buffer {
    const { id, key } = this.#current;
    const slot = Buffer.alloc(SLOT_BYTES);
    slot.set(MAGIC);
    slot.writeUInt32BE(sequence, MAGIC.length);
    slot.set(Buffer.from(id, 'hex'), ID_AT);
    slot.set(randomBytes(SALT_BYTES), SALT_AT);
    const cipher = createCipheriv('aes-256-gcm', wrapping(key, slot), ONLY_NONCE, { authTagLength: TAG_BYTES });
    cipher.setAAD(slot.subarray(0, WRAPPED_AT));
    slot.set(Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]), WRAPPED_AT);
    return slot;
  }

  /** By the latest slot that opens: the other one may have been half written. */
  #opened(slots: readonly Slot[]): { readonly key: Buffer; readonly slot: Slot } {
    for (const slot of slots) {
      const key = this.#unwrapped(slot);
      if (key) return { key, slot };
    }
    const unknown = slots.find(({ id }) => !this.ids.includes(id));
    if (unknown) throw keyMissing(unknown.id);
    throw damaged(slots.length === 0 ? 'it does not begin as an encrypted file does' : 'its header does not hold');
  }

  #unwrapped({ id, bytes }: Slot): Buffer | undefined {
    const wrappingKey = this.#keys.find((each) => each.id === id);
    if (wrappingKey === undefined) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', wrapping(wrappingKey.key, bytes), ONLY_NONCE, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(bytes.subarray(0, WRAPPED_AT));
    decipher.setAuthTag(bytes.subarray(WRAPPED_AT + KEY_BYTES, WRAPPED_AT + WRAPPED_BYTES));
    const key = decipher.update(bytes.subarray(WRAPPED_AT, WRAPPED_AT + KEY_BYTES));
    try {
      decipher.final();
      return key;
    } catch {
      return undefined;
    }
  }
}

function wrapping(key: KeyObject, slot: Buffer): Buffer {
  return derivedKey(key, slot.subarray(SALT_AT, WRAPPED_AT), 'wrapping');
}

/** The slots that are in use, the latest first. */
function slotsOf(header: Buffer): readonly Slot[] {
  if (header.length < HEADER_BYTES) return [];
  return ([0, 1] as const)
    .map((index) => ({ index, bytes: header.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES) }))
    .filter(({ bytes }) => bytes.subarray(0, MAGIC.length).equals(MAGIC))
    .map(({ index, bytes }) => ({
      index,
      bytes,
      sequence: bytes.readUInt32BE(MAGIC.length),
      id: bytes.toString('hex', ID_AT, SALT_AT),
    }))
    .sort((one, other) => other.sequence - one.sequence);
}
