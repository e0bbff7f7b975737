import { background } from './background.ts';
import type { Endings, WritableFile } from './storage.ts';
import { StorageError } from './storage-error.ts';
import { abortedBy, checkPosition } from './storage-failures.ts';
import { endedOnce, type Written } from './upload-endings.ts';

/** What a storage does with the bytes of a file that is being changed. Calls that touch the same bytes come one by one. */
export type FileContent = Omit<WritableFile, keyof Endings>;

/** A file that ends once, as an upload does, and whose calls keep their order where that shows. */
export function writableFile(content: FileContent, endings: Endings, signal?: AbortSignal): WritableFile {
  const calls = new Calls(signal);
  return {
    stat: () => calls.make(ALL, () => content.stat()),
    read: (into, position) => calls.make(bytes(into, position), () => content.read(into, position)),
    write: (from, position) => calls.make(changing(bytes(from, position)), () => content.write(from, position)),
    truncate: (size) =>
      calls.make(changing(ALL), async () => {
        checkPosition(size);
        return content.truncate(size);
      }),
    flush: () => calls.make(changing(ALL), () => content.flush()),
    ...endedOnce(calls, endings),
  };
}

interface Touched {
  readonly start: number;
  readonly end: number;
  readonly isChanged?: boolean;
}

interface Call extends Touched {
  readonly done: Promise<void>;
}

const ALL: Touched = { start: 0, end: Number.POSITIVE_INFINITY };

function bytes({ length }: Uint8Array, position: number): Touched {
  return { start: position, end: position + length };
}

function changing(touched: Touched): Touched {
  return { ...touched, isChanged: true };
}

/** The calls on one file. As many wait as its user makes at once. */
class Calls implements Written {
  readonly #signal: AbortSignal | undefined;
  readonly #running = new Set<Call>();
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;
  #isBroken = false;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async make<Result>(touched: Touched, work: () => Promise<Result>): Promise<Result> {
    if (this.#isOver) throw new StorageError('aborted', 'The file has been closed');
    const earlier = [...this.#running].filter((other) => isInTheWay(other, touched));
    const made = this.#made(earlier, touched, work);
    const done = made.then(
      () => undefined,
      (error: unknown) => {
        if (touched.isChanged) this.#failure ??= { error };
      },
    );
    const call = { ...touched, done };
    this.#running.add(call);
    background(
      done.then(() => this.#running.delete(call)),
      () => undefined,
    );
    return made;
  }

  async finish(): Promise<void> {
    this.#isOver = true;
    await this.#settled();
    if (this.#failure) throw this.#failure.error;
    this.#check();
  }

  async breakOff(): Promise<void> {
    this.#isOver = true;
    this.#isBroken = true;
    await this.#settled();
  }

  async #made<Result>(earlier: readonly Call[], { start }: Touched, work: () => Promise<Result>): Promise<Result> {
    for (const { done } of earlier) await done;
    this.#check();
    checkPosition(start);
    return work();
  }

  async #settled(): Promise<void> {
    await Promise.all([...this.#running].map(({ done }) => done));
  }

  #check(): void {
    if (this.#isBroken) throw new StorageError('aborted', 'The file has been closed');
    if (this.#signal?.aborted) throw abortedBy(this.#signal);
  }
}

function isInTheWay(earlier: Touched, later: Touched): boolean {
  return (
    (earlier.isChanged === true || later.isChanged === true) && earlier.start < later.end && later.start < earlier.end
  );
}
