import { background } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { type FoundKept, keptFiles, removeKept } from './kept-files.ts';

/** How far beyond its bound a home may get before the oldest files go: a count goes through all that is kept of it. */
const SLACK = 1.125;

interface KeptBoundsParts {
  readonly root: Directory;
  /** Of each home; Infinity: no bound. */
  readonly maxBytes: number;
  /** What stays, whatever its age. */
  readonly isHeld: (kept: FoundKept) => Promise<boolean>;
}

/** What is kept of one home, as far as this process knows. */
interface HomeCount {
  /** Undefined before the first count. */
  bytes: number | undefined;
  isCounting: boolean;
}

/** Has what is kept of each home take up no more than a number of bytes: the oldest files go first. */
export class KeptBounds implements AsyncDisposable {
  readonly #parts: KeptBoundsParts;
  readonly #homes = new Map<string, HomeCount>();
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(parts: KeptBoundsParts) {
    this.#parts = parts;
  }

  /** Tells that a file of a home is kept by now. What is too much goes soon after. */
  added(home: readonly string[], bytes: number): void {
    if (this.#parts.maxBytes === Number.POSITIVE_INFINITY) return;
    const key = home.join('/');
    const count = this.#homes.get(key) ?? { bytes: undefined, isCounting: false };
    this.#homes.set(key, count);
    if (count.bytes !== undefined) count.bytes += bytes;
    if (count.isCounting || (count.bytes !== undefined && count.bytes <= this.#parts.maxBytes * SLACK)) return;
    count.isCounting = true;
    this.#last = this.#last.then(() => this.#bound(home, count));
    background(this.#last, () => undefined);
  }

  /** Resolves when what was too much up to now is gone. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#last;
  }

  async #bound(home: readonly string[], count: HomeCount): Promise<void> {
    try {
      do {
        // What comes meanwhile may be counted twice, and never not at all.
        count.bytes = 0;
        const left = await removeOldest(this.#parts, home, this.#stop.signal);
        count.bytes += left;
      } while (count.bytes > this.#parts.maxBytes * SLACK);
    } catch {
      // What can't be counted now is counted with the next file.
      count.bytes = undefined;
    } finally {
      count.isCounting = false;
    }
  }
}

/** Gives the bytes that are left. Of a million files it holds two numbers each. */
async function removeOldest(
  { root, maxBytes, isHeld }: KeptBoundsParts,
  home: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const all: (readonly [since: number, bytes: number])[] = [];
  for await (const { since, entry } of keptFiles(root, home, signal)) all.push([since, entry.size]);
  all.sort(([one], [other]) => other - one);
  let bytes = 0;
  let isOver = false;
  let oldest = Number.NEGATIVE_INFINITY;
  for (const [since, size] of all) {
    isOver ||= bytes + size > maxBytes;
    if (isOver) oldest = Math.max(oldest, since);
    else bytes += size;
  }
  if (!isOver) return bytes;
  for await (const kept of keptFiles(root, home, signal)) {
    if (kept.since <= oldest && !(await isHeld(kept))) await removeKept(root, kept);
  }
  return bytes;
}
