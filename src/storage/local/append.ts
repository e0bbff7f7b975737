import type { Endings, Entry, StoredEntry } from '../../core/index.ts';
import type { FileWriter } from '../../disk/index.ts';
import { standingAt } from './changes.ts';
import { appendCopied } from './copied-append.ts';
import type { EntryLocation } from './entry-location.ts';
import { attempt } from './failures.ts';
import { acquireLock } from './file-lock.ts';
import { join } from './join.ts';
import { RECORD_BYTES } from './join-record.ts';
import type { LocalStorageSettings } from './settings.ts';
import type { Temporary } from './temporary.ts';

interface Parts {
  readonly location: EntryLocation;
  /** Room for a record, then what came. */
  readonly aside: Temporary;
  readonly sink: FileWriter;
  readonly settings: LocalStorageSettings;
  /** What the file's size must be at the commit, where the peer named a position. */
  readonly expected: number | undefined;
  /** Whether there must be one. */
  readonly existing: boolean | undefined;
}

/**
 * An upload to the end of a published file. What comes is written aside, and put behind what the file is at the commit: of
 * two at the same time none is lost.
 */
export class AppendEndings implements Endings {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  replaces(): Promise<Entry | undefined> {
    return attempt(() => standingAt(this.#parts.location));
  }

  commit(): Promise<StoredEntry> {
    return attempt(async () => {
      const { location } = this.#parts;
      const entry = await this.#appended();
      await location[Symbol.asyncDispose]();
      return entry;
    });
  }

  /** A part of it is of no use without the file, which stands as it was. */
  async suspend(): Promise<undefined> {
    await this.#parts.sink.stop();
    await this.discard();
  }

  discard(): Promise<void> {
    return attempt(async () => {
      const { aside, location } = this.#parts;
      await aside.remove();
      await location[Symbol.asyncDispose]();
    });
  }

  get #length(): number {
    return this.#parts.sink.position - RECORD_BYTES;
  }

  async #appended(): Promise<StoredEntry> {
    const { location, settings } = this.#parts;
    await using lock = await acquireLock(location.directory, location.name);
    await settings.protection.checkChange(location);
    return (lock.isHeld ? await this.#joined() : undefined) ?? (await this.#copied());
  }

  #copied(): Promise<StoredEntry> {
    const { location, aside, settings, expected, existing } = this.#parts;
    return appendCopied({ location, aside, from: RECORD_BYTES, length: this.#length, settings, expected, existing });
  }

  async #joined(): Promise<StoredEntry | undefined> {
    const { location, aside, settings, expected } = this.#parts;
    const { durable } = settings;
    const steps = join({ location, aside, length: this.#length, durable, ...(expected !== undefined && { expected }) });
    let step = await steps.next();
    while (!step.done) step = await steps.next();
    return step.value;
  }
}
