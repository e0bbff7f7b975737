/**
 * Something that relies on Node's inside. It counts as working when it has been seen to work on this Node, in this process:
 * tried once, at the first use. That a property is there proves nothing about what it does.
 */
export class Probe {
  readonly #observe: () => Promise<boolean>;
  readonly #fallback: string;
  #proof: Promise<boolean> | undefined;
  #works: boolean | undefined;

  /** @param fallback what is done where it does not work, for the operator */
  constructor(observe: () => Promise<boolean>, fallback: string) {
    this.#observe = observe;
    this.#fallback = fallback;
  }

  /** Undefined as long as it was not tried to the end. */
  get works(): boolean | undefined {
    return this.#works;
  }

  prove(): Promise<boolean> {
    this.#proof ??= this.#try();
    return this.#proof;
  }

  async #try(): Promise<boolean> {
    let works = false;
    for (let attempt = 0; attempt < attempts && !works; attempt += 1) {
      works = await this.#observe().catch(() => false);
    }
    this.#works = works;
    if (!this.#works) {
      process.emitWarning(`The internals of this Node changed: ${this.#fallback}`, { code: 'LOCKPORT_NODE_INTERNALS' });
    }
    return this.#works;
  }
}

/** What works may fail once by chance, on a busy machine; what does not work fails always. */
const attempts = 3;

/** More than enough inside one process; a Node that has changed must not keep transfers waiting. */
export const observationMs = 2000;
