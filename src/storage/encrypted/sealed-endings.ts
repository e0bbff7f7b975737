import {
  changedMeanwhile,
  type Endings,
  type Entry,
  StorageError,
  type StoredEntry,
  type TargetOptions,
  type WritableFile,
} from '../../core/index.ts';
import type { Keyring } from './keyring.ts';
import type { OpenedContent } from './open-sealed.ts';

interface Parts extends OpenedContent {
  readonly stored: WritableFile;
  readonly keyring: Keyring;
  /** What the caller asked for: the storage below was asked for more. */
  readonly asked: Pick<TargetOptions, 'exclusive' | 'existing'>;
  readonly plain: { entry(stored: Entry): Entry; stored(entry: StoredEntry): StoredEntry };
}

/** How a file that was changed in its chunks ends. */
export class SealedEndings implements Endings {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async replaces(): Promise<Entry | undefined> {
    const { stored, plain } = this.#parts;
    const replaced = await stored.replaces();
    return replaced && plain.entry(replaced);
  }

  async commit(): Promise<StoredEntry> {
    const { content, stored, plain, asked } = this.#parts;
    await content.finish();
    await this.#renewHeader();
    try {
      return plain.stored(await stored.commit());
    } catch (error) {
      throw isOthersDoing(error, asked) ? changedMeanwhile() : error;
    }
  }

  async suspend(): Promise<Entry | undefined> {
    const { content, stored, plain } = this.#parts;
    // Where the end found no room, there may be some for an earlier one.
    const isKept = await content.pause().catch(() => content.pause());
    if (!isKept) {
      await stored.discard();
      return undefined;
    }
    const kept = await stored.suspend();
    return kept && plain.entry(kept);
  }

  discard(): Promise<void> {
    return this.#parts.stored.discard();
  }

  async #renewHeader(): Promise<void> {
    const { stored, keyring, formerHeader } = this.#parts;
    if (formerHeader) await stored.write(keyring.renewed(formerHeader), 0);
  }
}

/** Somebody else has made the file, or taken it away, since it was opened. */
function isOthersDoing(error: unknown, { exclusive, existing }: Parts['asked']): boolean {
  if (!(error instanceof StorageError)) return false;
  return (error.code === 'exists' && !exclusive) || (error.code === 'not-found' && !existing);
}
