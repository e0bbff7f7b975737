import { fchmodSync } from 'node:fs';
import { type Entry, StorageError, type Upload, type WriteOptions } from '../../core/index.ts';
import { FileWriter } from '../../disk/index.ts';
import { destroyOnAbort } from '../cancellation.ts';
import { type Endings, endingOnce } from '../endings.ts';
import { entryAt, partialAt, removePartial } from './changes.ts';
import { plainEntryOf } from './entries.ts';
import { attempt, storageError } from './failures.ts';
import { look, lookAt } from './look.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';
import type { Temporary } from './temporary.ts';
import { startUpload } from './upload-start.ts';

/** Begins an upload to `place`, which it owns from now on. */
export async function openUpload(place: Place, options: WriteOptions, settings: Settings): Promise<Upload> {
  try {
    const { temporary, position } = await startUpload(place, options);
    const sink = new FileWriter(temporary.handle, position, temporary.device, storageError);
    destroyOnAbort(sink, options.signal);
    return endingOnce(sink, new LocalEndings(place, temporary, sink, settings, options.exclusive ?? false));
  } catch (error) {
    await place[Symbol.asyncDispose]();
    throw error;
  }
}

class LocalEndings implements Endings {
  readonly #place: Place;
  readonly #temporary: Temporary;
  readonly #sink: FileWriter;
  readonly #settings: Settings;
  readonly #exclusive: boolean;

  constructor(place: Place, temporary: Temporary, sink: FileWriter, settings: Settings, exclusive: boolean) {
    this.#place = place;
    this.#temporary = temporary;
    this.#sink = sink;
    this.#settings = settings;
    this.#exclusive = exclusive;
  }

  replaces(): Promise<Entry | undefined> {
    return attempt(async () => (await entryAt(this.#place)) ?? (await partialAt(this.#place)));
  }

  /** First the bytes, then the name, then the directory that holds the name: each on the medium before the next. */
  commit(): Promise<Entry> {
    return attempt(async () => {
      const { handle, device } = this.#temporary;
      const mode = await this.#mode();
      await device.attributes.ask(
        () => fchmodSync(handle.fd, mode),
        () => handle.chmod(mode),
      );
      if (this.#settings.durable) await device.threads(() => handle.datasync());
      const entry = plainEntryOf(this.#place.name, await lookAt(handle, device));
      await (this.#exclusive ? this.#temporary.publishNew() : this.#temporary.publish());
      await removePartial(this.#place);
      await this.#leave();
      return entry;
    });
  }

  suspend(): Promise<Entry | undefined> {
    return attempt(async () => {
      // A write that failed leaves what was written before it.
      await this.#sink.stop();
      const { handle, device } = this.#temporary;
      const entry = plainEntryOf(this.#place.name, await lookAt(handle, device));
      const published = await look(this.#place.directory, this.#place.name);
      if (entry.size === 0 || published !== undefined) {
        await this.discard();
        return undefined;
      }
      if (this.#settings.durable) await device.threads(() => handle.datasync());
      await this.#temporary.keep();
      await this.#leave();
      return entry;
    });
  }

  discard(): Promise<void> {
    return attempt(async () => {
      await this.#temporary.remove();
      await this.#place[Symbol.asyncDispose]();
    });
  }

  async #leave(): Promise<void> {
    if (this.#settings.durable) await this.#place.directory.sync();
    await this.#place[Symbol.asyncDispose]();
  }

  /** That of the file that is replaced. */
  async #mode(): Promise<number> {
    const stats = await look(this.#place.directory, this.#place.name);
    if (stats?.isDirectory()) throw new StorageError('is-directory', 'This is a directory');
    return stats?.isFile() ? Number(stats.mode & 0o777n) : this.#settings.fileMode;
  }
}
