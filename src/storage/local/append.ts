import { open } from 'node:fs/promises';
import { type Entry, StorageError } from '../../core/index.ts';
import type { FileWriter } from '../../disk/index.ts';
import type { Endings } from '../endings.ts';
import { entryAt, partialAt } from './changes.ts';
import { copyRange } from './copy-range.ts';
import { attempt, unless } from './failures.ts';
import { changedMeanwhile, join } from './join.ts';
import { RECORD_BYTES } from './join-record.ts';
import { READ_FILE } from './open-flags.ts';
import type { Place } from './place.ts';
import { publish } from './publication.ts';
import type { Settings } from './settings.ts';
import { Temporary } from './temporary.ts';
import { takeTurn } from './turn.ts';

interface Parts {
  readonly place: Place;
  /** Room for a record, then what came. */
  readonly aside: Temporary;
  readonly sink: FileWriter;
  readonly settings: Settings;
  /** What the file's size must be at the commit, where the peer named a position. */
  readonly expected: number | undefined;
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
    const { place } = this.#parts;
    return attempt(async () => (await entryAt(place)) ?? (await partialAt(place)));
  }

  commit(): Promise<Entry> {
    return attempt(async () => {
      const { place } = this.#parts;
      const entry = await this.#appended();
      await place[Symbol.asyncDispose]();
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
      const { aside, place } = this.#parts;
      await aside.remove();
      await place[Symbol.asyncDispose]();
    });
  }

  get #length(): number {
    return this.#parts.sink.position - RECORD_BYTES;
  }

  async #appended(): Promise<Entry> {
    const { directory, name } = this.#parts.place;
    await using turn = await takeTurn(directory, name);
    return (turn.isHeld ? await this.#joined() : undefined) ?? (await this.#copied());
  }

  async #joined(): Promise<Entry | undefined> {
    const { place, aside, settings, expected } = this.#parts;
    const { durable } = settings;
    const steps = join({ place, aside, length: this.#length, durable, ...(expected !== undefined && { expected }) });
    let step = await steps.next();
    while (!step.done) step = await steps.next();
    return step.value;
  }

  /** The whole, with what came behind it, takes the place of the file. */
  async #copied(): Promise<Entry> {
    const { place, aside, settings, expected } = this.#parts;
    const { device } = aside;
    const whole = await Temporary.create(place);
    try {
      const before = await entryAt(place);
      const size = before?.size ?? 0;
      if (expected !== undefined && size !== expected) throw changedMeanwhile();
      await copyPublished(place, whole, size);
      await exhaust(
        copyRange(aside.handle, whole.handle, { from: RECORD_BYTES, to: size, length: this.#length, device }),
      );
      const check = async () => {
        const now = await entryAt(place);
        if (now?.unique !== before?.unique || now?.size !== before?.size) throw changedMeanwhile();
      };
      const entry = await publish(place, whole, settings, { check });
      await aside.remove();
      return entry;
    } catch (error) {
      await whole.remove();
      throw error;
    }
  }
}

async function copyPublished(place: Place, whole: Temporary, size: number): Promise<void> {
  const { device } = whole;
  const source = await unless(
    ['ENOENT'],
    device.threads(() => open(place.path, READ_FILE)),
  );
  if (source === undefined) {
    if (size > 0) throw new StorageError('busy', 'The file was removed meanwhile');
    return;
  }
  try {
    await exhaust(copyRange(source, whole.handle, { from: 0, to: 0, length: size, device }));
  } finally {
    await device.threads(() => source.close());
  }
}

async function exhaust(portions: AsyncIterable<string>): Promise<void> {
  for await (const _ of portions);
}
