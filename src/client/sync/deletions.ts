import type { VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import { allowsAll, deletionsAllowed, type MaxDelete, TooManyDeletions } from './deletion-limit.ts';

/**
 * What a run deletes, of how many entries. A run that counts beforehand keeps the paths: the sides may change until it
 * comes to them, and what was not seen to be extraneous then was in no number that was allowed.
 */
export class Deletions {
  readonly #paths: Set<VirtualPath> | undefined;
  readonly #planned: Deletions | undefined;
  #present = 0;
  #count = 0;

  private constructor(paths: Set<VirtualPath> | undefined, planned: Deletions | undefined) {
    this.#paths = paths;
    this.#planned = planned;
  }

  /** Of a run that only looks. */
  static toCount(): Deletions {
    return new Deletions(new Set(), undefined);
  }

  /** @param planned what may be deleted. Default: everything */
  static to(planned: Deletions | undefined): Deletions {
    return new Deletions(undefined, planned);
  }

  /** An entry is at the destination, and takes part. */
  countPresent(): void {
    this.#present += 1;
  }

  /** An entry is to be deleted. @throws ClientError `changed` where it was not, when the run began */
  count(path: VirtualPath): void {
    if (this.#planned && !this.#planned.#paths?.has(path)) throw notPlanned();
    this.#count += 1;
    this.#paths?.add(path);
  }

  /** @throws TooManyDeletions */
  check(maxDelete: MaxDelete | undefined): void {
    if (allowsAll(maxDelete) || this.#count <= deletionsAllowed(maxDelete, this.#present)) return;
    throw new TooManyDeletions(this.#count, this.#present);
  }
}

function notPlanned(): ClientError {
  const message = 'It was not to be deleted when the run began, so that it stays: the next run decides anew';
  return new ClientError('changed', message, { phase: 'prepare' });
}
