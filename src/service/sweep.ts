import { background, type Limits, type Publish, type VirtualPath } from '../core/index.ts';
import { LOCK_NAME, type LocalStorage, type SweepOptions, type SweepResult } from '../storage/index.ts';

interface SweeperParts {
  readonly storage: LocalStorage;
  readonly limits: Pick<Limits, 'partialKeepMs'>;
  /** As `RootLock` has them. */
  readonly abandoned: readonly VirtualPath[];
  readonly log: Publish;
  /** Hears that interrupted uploads are there again, which count as files. */
  readonly onGivenBack: () => void;
}

/** Removes what uploads of processes that have ended left, one walk after the other. A large tree takes a while, and nobody need wait for it. */
export class Sweeper implements AsyncDisposable {
  readonly #storage: LocalStorage;
  readonly #options: Pick<SweepOptions, 'partialKeepMs' | 'abandonedRoots'>;
  readonly #log: Publish;
  readonly #onGivenBack: () => void;
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor({ storage, limits: { partialKeepMs }, abandoned, log, onGivenBack }: SweeperParts) {
    this.#storage = storage;
    this.#options = { partialKeepMs, abandonedRoots: new Set(abandoned) };
    this.#log = log;
    this.#onGivenBack = onGivenBack;
  }

  /** @param endedProcess the mark of a process of this service that has ended; absent, what earlier services left goes */
  begin(endedProcess?: string): void {
    this.#last = this.#last.then(() => this.#sweep(endedProcess));
    background(this.#last, () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#last;
  }

  async #sweep(endedProcess?: string): Promise<void> {
    const { signal } = this.#stop;
    try {
      const ended = endedProcess === undefined ? {} : { endedProcess };
      const result = await this.#storage.sweep({ ...this.#options, ...ended, signal });
      if (result.givenBack > 0) this.#onGivenBack();
      this.#tell(result);
    } catch (error) {
      const message = 'Left-overs of earlier uploads could not be removed';
      if (!signal.aborted) this.#log({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
  }

  #tell({ temporaries, partials, givenBack, otherRoot }: SweepResult): void {
    const report = (message: string) => this.#log({ event: 'notice', message });
    if (temporaries + partials > 0)
      report(`Removed what earlier uploads left: ${temporaries} cut off, ${partials} interrupted for too long`);
    if (givenBack > 0)
      report(`Can be resumed again, though the process ended that went on with them: ${givenBack} interrupted uploads`);
    if (otherRoot === undefined) return;
    const why = `another server holds it, or held it: where none does, remove ${LOCK_NAME} there`;
    this.#log({ event: 'warning', message: `Left-overs of earlier uploads in ${otherRoot} stay, for ${why}` });
  }
}
