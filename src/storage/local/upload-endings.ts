import type { Endings, Entry, StoredEntry } from '../../core/index.ts';
import { checkWhole } from '../file-extent.ts';
import { entryAt, standingAt } from './changes.ts';
import { appendCopied } from './copied-append.ts';
import type { CopiedBase } from './copied-base.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { attempt } from './failures.ts';
import { acquireLock } from './file-lock.ts';
import { look, lookAt } from './look.ts';
import { publish } from './publication.ts';
import type { LocalStorageSettings } from './settings.ts';
import type { Temporary } from './temporary.ts';

/** What was written to a temporary file. */
export interface WrittenContent {
  /** Where it ends. */
  readonly end: number;
  /** Where the first byte of it is missing. */
  readonly wholeUpTo: number;
  /** Accepts no more bytes. When it resolves, the accepted bytes are in the file or never will be. */
  stop(): Promise<void>;
}

interface Parts {
  readonly location: EntryLocation;
  readonly temporary: Temporary;
  readonly content: WrittenContent;
  readonly settings: LocalStorageSettings;
  readonly base: CopiedBase | undefined;
  /** Of several appends that made the file: what others put there meanwhile stays. */
  readonly isFirst: boolean | undefined;
  readonly leavesEnd: boolean | undefined;
  readonly exclusive: boolean | undefined;
  readonly existing: boolean | undefined;
  readonly modified?: Date | undefined;
}

/** How a temporary file gets its name, whichever way it was written. */
export class LocalEndings implements Endings {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  replaces(): Promise<Entry | undefined> {
    return attempt(() => standingAt(this.#parts.location));
  }

  commit(): Promise<StoredEntry> {
    return attempt(async () => {
      const { content, leavesEnd } = this.#parts;
      checkWhole(content);
      if (leavesEnd) await this.#cut(content.end);
      const entry = await this.#published();
      await this.#leave();
      return entry;
    });
  }

  suspend(): Promise<Entry | undefined> {
    return attempt(async () => {
      const { location, temporary, content, settings, base } = this.#parts;
      // A write that failed leaves what was written before it.
      await content.stop();
      const { handle, device } = temporary;
      // A write that failed at another location may have made it longer.
      if ((await lookAt(handle, device)).size > content.wholeUpTo) await this.#cut(content.wholeUpTo);
      const entry = plainEntryOf(location.name, await lookAt(handle, device));
      const published = await look(location.directory, location.name);
      if (entry.size === 0 || published !== undefined || base !== undefined) {
        await this.discard();
        return undefined;
      }
      if (settings.durable) await device.threads(() => handle.datasync());
      await temporary.keep();
      if (settings.durable) await location.directory.sync();
      await this.#leave();
      return entry;
    });
  }

  discard(): Promise<void> {
    return attempt(async () => {
      await this.#parts.base?.stop();
      await this.#parts.temporary.remove();
      await this.#parts.location[Symbol.asyncDispose]();
    });
  }

  #published(): Promise<StoredEntry> {
    const { location, temporary, settings, base, isFirst, exclusive, existing, modified } = this.#parts;
    if (isFirst && !exclusive) return this.#publishedOrAppended();
    if (base) return this.#publishedOn(base);
    return publish(location, temporary, settings, { exclusive, existing, modified });
  }

  async #publishedOn(base: CopiedBase): Promise<StoredEntry> {
    const { location, temporary, settings, exclusive } = this.#parts;
    await base.complete();
    return publish(location, temporary, settings, { exclusive, check: () => base.check() });
  }

  async #publishedOrAppended(): Promise<StoredEntry> {
    const { location, temporary, content, settings } = this.#parts;
    const { handle, device } = temporary;
    // The slow work is done before the lock is taken.
    if (settings.durable) await device.threads(() => handle.datasync());
    await using _ = await acquireLock(location.directory, location.name);
    if ((await entryAt(location)) === undefined)
      return await publish(location, temporary, settings, { isLocked: true });
    return await appendCopied({ location, aside: temporary, from: 0, length: content.end, settings });
  }

  /** Takes away what was never published of an interrupted upload, or lies behind a gap. */
  async #cut(size: number): Promise<void> {
    const { temporary } = this.#parts;
    await temporary.device.threads(() => temporary.handle.truncate(size));
  }

  async #leave(): Promise<void> {
    const { base, location } = this.#parts;
    if (base) await base.stop();
    await location[Symbol.asyncDispose]();
  }
}
