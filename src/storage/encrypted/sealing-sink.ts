import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { ChunkSet } from './chunk-set.ts';
import { tooLong } from './failures.ts';
import { type ChunkKind, FileKeys, KEY_BYTES } from './file-keys.ts';
import type { Keyring } from './keyring.ts';
import { CHUNK_BYTES, MAX_FILE_BYTES } from './layout.ts';

type Callback = (error?: Error | null) => void;

/** Seals a new file from its first byte to its last. The stored file is written to `stored`, which others end. */
export class SealingSink extends Writable {
  readonly #stored: Writable;
  readonly #keys: FileKeys;
  readonly #set: ChunkSet;
  /** The bytes of the chunk that has not been sealed; whole chunks too, for it may be the last one. */
  readonly #pending = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #pendingBytes = 0;
  #index = 0;

  constructor(stored: Writable, keyring: Keyring) {
    super();
    this.#stored = stored;
    const key = randomBytes(KEY_BYTES);
    this.#keys = new FileKeys(key);
    this.#set = new ChunkSet(this.#keys);
    stored.on('error', (error) => this.destroy(error));
    stored.write(keyring.header(key));
  }

  /** Bytes that have come. */
  get size(): number {
    return this.#index * CHUNK_BYTES + this.#pendingBytes;
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    if (this.size + bytes.length > MAX_FILE_BYTES) {
      callback(tooLong());
      return;
    }
    for (let rest = bytes; rest.length > 0; ) {
      if (this.#pendingBytes === CHUNK_BYTES) this.#sealPending();
      if (this.#pendingBytes === 0 && rest.length > CHUNK_BYTES) {
        this.#sealMiddle(rest.subarray(0, CHUNK_BYTES));
        rest = rest.subarray(CHUNK_BYTES);
      } else {
        const part = rest.subarray(0, CHUNK_BYTES - this.#pendingBytes);
        this.#pending.set(part, this.#pendingBytes);
        this.#pendingBytes += part.length;
        rest = rest.subarray(part.length);
      }
    }
    this.#whenTaken(callback);
  }

  /** Puts the end behind what has come: of the file, or of an interrupted upload. Once, and nothing comes after it. */
  sealEnd(kind: Exclude<ChunkKind, 'middle'>): void {
    this.#put(this.#keys.seal(this.#index, kind, this.#pending.subarray(0, this.#pendingBytes), this.#set.value));
  }

  #sealPending(): void {
    this.#sealMiddle(this.#pending);
    this.#pendingBytes = 0;
  }

  #sealMiddle(bytes: Buffer): void {
    const [nonce = Buffer.alloc(0), ...sealed] = this.#keys.seal(this.#index, 'middle', bytes);
    this.#set.toggle(this.#index, nonce);
    this.#put([nonce, ...sealed]);
    this.#index += 1;
  }

  #put(parts: readonly Buffer[]): void {
    for (const part of parts) if (part.length > 0) this.#stored.write(part);
  }

  #whenTaken(callback: Callback): void {
    if (this.#stored.destroyed) callback(this.#stored.errored ?? new Error('the stored file was closed'));
    else if (this.#stored.writableNeedDrain) this.#stored.once('drain', () => callback());
    else callback();
  }
}
