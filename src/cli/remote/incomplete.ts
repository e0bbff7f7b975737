import type { IncompleteListing } from '../../client/index.ts';
import { Ended } from '../ended.ts';
import type { RemoteRun } from './remote-run.ts';

/** The listings that turned out to be incomplete while a verb did what it could with the entries that came. */
export class IncompleteListings {
  readonly #failures: IncompleteListing[] = [];
  #told = 0;

  /** For the options of a listing. */
  readonly onIncomplete = (failure: IncompleteListing): void => {
    this.#failures.push(failure);
  };

  /** Tells of those that were not told yet. */
  async tell({ output }: RemoteRun): Promise<void> {
    for (const failure of this.#failures.slice(this.#told)) await output.failure(failure);
    this.#told = this.#failures.length;
  }

  /** Tells of them. @throws Ended `incomplete` where there is one */
  async end(run: RemoteRun): Promise<void> {
    await this.tell(run);
    if (this.#failures.length > 0) throw new Ended('incomplete');
  }
}
