import {
  type Endings,
  type Entry,
  endingOnce,
  type StoredEntry,
  type Upload,
  type WriteOptions,
} from '../../core/index.ts';
import { FileWriter } from '../../disk/index.ts';
import { destroyOnAbort } from '../cancellation.ts';
import { AppendEndings } from './append.ts';
import { entryAt, partialAt } from './changes.ts';
import { appendCopied } from './copied-append.ts';
import type { CopiedBase } from './copied-base.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { attempt, storageError } from './failures.ts';
import { acquireLock } from './file-lock.ts';
import { look, lookAt } from './look.ts';
import { publish } from './publication.ts';
import type { LocalStorageSettings } from './settings.ts';
import type { Temporary } from './temporary.ts';
import { startUpload } from './upload-start.ts';

/** Begins an upload to `location`, which it owns from now on. */
export async function openUpload(
  location: EntryLocation,
  options: WriteOptions,
  settings: LocalStorageSettings,
): Promise<Upload> {
  try {
    const { temporary, position, base, append, isFirst, leavesEnd } = await startUpload(
      location,
      options,
      settings.durable,
    );
    const sink = new FileWriter(temporary.handle, position, {
      device: temporary.device,
      failure: storageError,
      ...(base && { beforeWrite: (end) => base.reach(end) }),
    });
    destroyOnAbort(sink, options.signal);
    const { exclusive, existing } = options;
    if (append)
      return endingOnce(sink, new AppendEndings({ location, aside: temporary, sink, settings, existing, ...append }));
    return endingOnce(
      sink,
      new LocalEndings({ location, temporary, sink, settings, base, isFirst, leavesEnd, exclusive, existing }),
    );
  } catch (error) {
    await location[Symbol.asyncDispose]();
    throw error;
  }
}

interface Parts {
  readonly location: EntryLocation;
  readonly temporary: Temporary;
  readonly sink: FileWriter;
  readonly settings: LocalStorageSettings;
  readonly base: CopiedBase | undefined;
  /** Of several appends that made the file: what others put there meanwhile stays. */
  readonly isFirst: boolean | undefined;
  readonly leavesEnd: boolean | undefined;
  readonly exclusive: boolean | undefined;
  readonly existing: boolean | undefined;
}

class LocalEndings implements Endings {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  replaces(): Promise<Entry | undefined> {
    return attempt(async () => (await entryAt(this.#parts.location)) ?? (await partialAt(this.#parts.location)));
  }

  commit(): Promise<StoredEntry> {
    return attempt(async () => {
      await this.#cut();
      const entry = await this.#published();
      await this.#leave();
      return entry;
    });
  }

  suspend(): Promise<Entry | undefined> {
    return attempt(async () => {
      const { location, temporary, sink, settings, base } = this.#parts;
      // A write that failed leaves what was written before it.
      await sink.stop();
      await this.#cut();
      const { handle, device } = temporary;
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
    const { location, temporary, settings, base, isFirst, exclusive, existing } = this.#parts;
    if (isFirst && !exclusive) return this.#publishedOrAppended();
    if (base) return this.#publishedOn(base);
    return publish(location, temporary, settings, { exclusive, existing });
  }

  async #publishedOn(base: CopiedBase): Promise<StoredEntry> {
    const { location, temporary, settings, exclusive } = this.#parts;
    await base.complete();
    return publish(location, temporary, settings, { exclusive, check: () => base.check() });
  }

  async #publishedOrAppended(): Promise<StoredEntry> {
    const { location, temporary, sink, settings } = this.#parts;
    const { handle, device } = temporary;
    // The slow work is done before the lock is taken.
    if (settings.durable) await device.threads(() => handle.datasync());
    await using _ = await acquireLock(location.directory, location.name);
    if ((await entryAt(location)) === undefined)
      return await publish(location, temporary, settings, { isLocked: true });
    return await appendCopied({ location, aside: temporary, from: 0, length: sink.position, settings });
  }

  /** Takes away the end of an interrupted upload that this one went on before. */
  async #cut(): Promise<void> {
    const { temporary, sink, leavesEnd } = this.#parts;
    if (leavesEnd) await temporary.device.threads(() => temporary.handle.truncate(sink.position));
  }

  async #leave(): Promise<void> {
    const { base, location } = this.#parts;
    if (base) await base.stop();
    await location[Symbol.asyncDispose]();
  }
}
