import { type DigestAlgorithm, StorageError, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { Side } from './side.ts';

const strongestFirst: readonly DigestAlgorithm[] = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5', 'CRC32'];

/** Compares files by the digests that both sides give; finds out which algorithm both have. */
export class Digests {
  readonly #sides: readonly [Side, Side];
  #candidates = strongestFirst;

  constructor(source: Side, destination: Side) {
    this.#sides = [source, destination];
  }

  /** Whether both sides can at all. Which algorithms they have shows only when they are asked. */
  get arePossible(): boolean {
    return this.#candidates.length > 0 && this.#sides.every(({ storage }) => storage.digest !== undefined);
  }

  /** @throws ClientError `unsupported` where no algorithm is common to both. */
  async areEqual(path: VirtualPath, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const [algorithm] = this.#candidates;
      if (algorithm === undefined) throw noCommonDigest();
      try {
        const [left, right] = await Promise.all(this.#sides.map((side) => digestOf(side, path, algorithm, signal)));
        return left !== undefined && right !== undefined && Buffer.compare(left, right) === 0;
      } catch (error) {
        if (!isUnsupported(error)) throw error;
        this.#candidates = this.#candidates.filter((candidate) => candidate !== algorithm);
      }
    }
  }
}

async function digestOf(side: Side, path: VirtualPath, algorithm: DigestAlgorithm, signal: AbortSignal) {
  const digest = await side.storage.digest?.(side.at(path), algorithm, { signal });
  if (digest === undefined) throw new StorageError('unsupported', 'This side has no digests');
  return digest;
}

export function isUnsupported(error: unknown): boolean {
  return (error instanceof StorageError || error instanceof ClientError) && error.code === 'unsupported';
}

export function noCommonDigest(): ClientError {
  return new ClientError('unsupported', 'The two sides have no digest in common', { phase: 'prepare' });
}
