import { createHash } from 'node:crypto';
import process from 'node:process';
import type { ByteRange, DigestAlgorithm, VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import type { Abilities } from '../connection/session.ts';
import { ClientError, type ClientErrorCode } from '../errors.ts';
import { digest } from '../files/attributes.ts';
import type { TransferOptions } from './transfer-options.ts';

/**
 * The checksum that a transfer is to be compared by: the strongest that the server computes.
 * @param start the byte of the file that it begins at
 * @throws ClientError `unsupported` where one is required and there is none
 */
export function checksumFor(
  { digests }: Pick<Abilities, 'digests'>,
  { checksum = 'off', type = 'binary' }: TransferOptions,
  start: number,
): Checksum | undefined {
  if (checksum === 'off') return undefined;
  // The server's sum is of its own line ends, ours of ours.
  const algorithm = type === 'binary' ? digests[0] : undefined;
  if (algorithm) return new Checksum(algorithm, start);
  if (checksum === 'prefer') return undefined;
  const reason = type === 'text' ? 'A text has other line ends there' : 'The server computes no checksums';
  throw new ClientError('unsupported', `${reason}, and one is required`, { phase: 'prepare' });
}

/** The checksum of a file whose bytes pass in order. What passes again, because a connection broke, counts once. */
export class Checksum {
  readonly algorithm: DigestAlgorithm;
  readonly #start: number;
  #position: number;
  #sum: Sum;

  constructor(algorithm: DigestAlgorithm, start: number) {
    this.algorithm = algorithm;
    this.#start = start;
    this.#position = start;
    this.#sum = newSum(algorithm);
  }

  /** Byte that comes next. */
  get position(): number {
    return this.#position;
  }

  add(chunk: Uint8Array, position: number): void {
    const seen = this.#position - position;
    if (seen >= chunk.length) return;
    this.#sum.update(seen > 0 ? chunk.subarray(seen) : chunk);
    this.#position = position + chunk.length;
  }

  /** Adds what passed before, up to byte `end`. */
  async addAll(source: AsyncIterable<Uint8Array>, end: number): Promise<void> {
    if (this.#position >= end) return;
    let position = this.#position;
    for await (const chunk of source) {
      const wanted = chunk.subarray(0, end - position);
      this.add(wanted, position);
      position += wanted.length;
      if (position === end) return;
    }
  }

  /** Of all that passed; nothing can be added then. */
  digest(): Buffer {
    return this.#sum.digest();
  }

  /** Begins again, for another version of the file. */
  reset(): void {
    this.#position = this.#start;
    this.#sum = newSum(this.algorithm);
  }

  /**
   * Compares it with the server's own, of the same bytes. Gives false where the server can't say, which `prefer` accepts.
   * @throws ClientError `wrong-checksum`
   */
  async isConfirmed(
    pool: Pool,
    path: VirtualPath,
    { checksum, signal }: TransferOptions,
    range: ByteRange = {},
  ): Promise<boolean> {
    const ours = this.digest();
    let theirs: Uint8Array;
    try {
      theirs = await digest(pool, path, this.algorithm, { ...range, ...(signal && { signal }) });
    } catch (error) {
      if (checksum === 'prefer' && error instanceof ClientError && NOT_COMPUTED.includes(error.code)) return false;
      throw error;
    }
    if (ours.equals(theirs)) return true;
    const hex = Buffer.from(theirs).toString('hex');
    const message = `The ${this.algorithm} of ${path} is ${hex} there and ${ours.toString('hex')} here`;
    throw new ClientError('wrong-checksum', message, { phase: 'finish' });
  }
}

/** What a server answers that does not compute the checksum of this file, or not now. */
export const NOT_COMPUTED: readonly ClientErrorCode[] = ['unsupported', 'refused', 'not-found', 'protocol'];

interface Sum {
  update(chunk: Uint8Array): unknown;
  digest(): Buffer;
}

function newSum(algorithm: DigestAlgorithm): Sum {
  return algorithm === 'CRC32' ? new Crc32() : createHash(algorithm.replace('SHA-', 'SHA'));
}

class Crc32 {
  // An import would load all of zlib at every start, for what few downloads ask for.
  readonly #zlib = process.getBuiltinModule('node:zlib');
  #value = 0;

  update(chunk: Uint8Array): void {
    this.#value = this.#zlib.crc32(chunk, this.#value);
  }

  digest(): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes;
  }
}
