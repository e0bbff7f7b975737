import { StorageError } from '../../core/index.ts';

/**
 * What a listing ends with of which lines were passed over, since they were none that could be understood: what came is
 * there, and there may be more.
 */
export class IncompleteListing extends StorageError {
  /** @param lines how many were passed over */
  constructor(lines: number) {
    super('io', `The listing has lines that are not understood: ${lines}`);
  }
}
