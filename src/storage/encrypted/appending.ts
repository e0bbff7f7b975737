import {
  changedMeanwhile,
  type Endings,
  type Entry,
  notFound,
  StorageError,
  type StoredEntry,
} from '../../core/index.ts';
import { CHUNK_BYTES } from './layout.ts';
import type { SealedContent } from './sealed-content.ts';

/** So many others may change a file one after the other before an append to it is given up. */
const MAX_TRIES = 32;
const PORTION_BYTES = 4 * CHUNK_BYTES;

interface Appending {
  /** What is to go behind the file. */
  readonly content: SealedContent;
  /** The ends of it as a file of its own, where there was none: it may become one, or be kept. */
  readonly own?: Endings;
  /** Lets go of what came, which stands in the file now or never will. */
  readonly discard: () => Promise<void>;
  readonly exclusive: boolean;
  readonly existing: boolean;
  /** What stands there now, its link followed; `denied` for a link that was not there before. */
  readonly standing: () => Promise<Entry | undefined>;
  readonly replaces: () => Promise<Entry | undefined>;
  /** Opens the published file, or begins one where there is none yet. */
  readonly open: (what: 'published' | 'new') => Promise<{ readonly content: SealedContent; readonly endings: Endings }>;
}

/**
 * An upload to the end of a file. What comes is kept aside, and goes behind what the file is at the commit: of two at the
 * same time none is lost.
 */
export class SealedAppend implements Endings {
  readonly #appending: Appending;

  constructor(appending: Appending) {
    this.#appending = appending;
  }

  replaces(): Promise<Entry | undefined> {
    return this.#appending.replaces();
  }

  async commit(): Promise<StoredEntry> {
    const { own, exclusive, existing, standing } = this.#appending;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const published = await standing();
      if (published === undefined && existing) throw notFound();
      if (published === undefined && own) return own.commit();
      if (published && exclusive) throw new StorageError('exists', 'The file exists');
      const stored = await this.#joined(published ? 'published' : 'new');
      if (stored === undefined) continue;
      await this.#appending.discard();
      return stored;
    }
    throw changedMeanwhile();
  }

  async suspend(): Promise<Entry | undefined> {
    const { own, discard } = this.#appending;
    if (own) return own.suspend();
    await discard();
    return undefined;
  }

  discard(): Promise<void> {
    return this.#appending.discard();
  }

  /** Undefined where others were faster. */
  async #joined(what: 'published' | 'new'): Promise<StoredEntry | undefined> {
    try {
      const { content, endings } = await this.#appending.open(what);
      try {
        await pour(this.#appending.content, content);
        return await endings.commit();
      } catch (error) {
        await endings.discard();
        throw error;
      }
    } catch (error) {
      if (error instanceof StorageError && OTHERS_FIRST.has(error.code)) return undefined;
      throw error;
    }
  }
}

const OTHERS_FIRST: ReadonlySet<string> = new Set(['busy', 'exists', 'not-found']);

async function pour(from: SealedContent, to: SealedContent): Promise<void> {
  const [end, size] = [to.size, from.size];
  const portion = Buffer.allocUnsafe(Math.min(PORTION_BYTES, size));
  for (let done = 0; done < size; ) {
    const length = await from.read(portion, done);
    await to.write(portion.subarray(0, length), end + done);
    done += length;
  }
}
