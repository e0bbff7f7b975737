import type { FileHandle } from 'node:fs/promises';
import { type ByteRange, background, changedMeanwhile, type Entry } from '../../core/index.ts';
import type { FileToRead } from '../../disk/index.ts';
import { ByteRanges } from '../byte-ranges.ts';
import { entryAt } from './changes.ts';
import { isCloned } from './clone-file.ts';
import { copyRange } from './copy-range.ts';
import type { EntryLocation } from './entry-location.ts';
import type { Temporary } from './temporary.ts';

/** What is copied at once, while those who write keep out of it. */
const STRETCH_BYTES = 8 * 1024 * 1024;
/** While the file is written, what is copied of this size is brought to the medium, and not all when it ends. */
const FLUSH_BYTES = 32 * 1024 * 1024;
/** More pieces than these are not kept apart: those who write wait until all is copied. */
const MANY_RANGES = 1024;

interface Parts {
  readonly location: EntryLocation;
  /** It is owned from now on. */
  readonly source: FileHandle;
  /** The published file. */
  readonly before: Entry;
  readonly temporary: Temporary;
  /** Where the first byte goes, as far as that is known. */
  readonly position: number;
  readonly durable: boolean;
}

/**
 * The published file that a new one in its place goes on from: RFC 3659 section 5 has a restarted STOR replace bytes, not cut
 * the file, and SFTP writes anywhere. It is cloned, or copied while bytes come: first what lies before the position, then the
 * end, backwards, for bytes come forwards most often. What others write is left out. What is left when they have ended is
 * copied forwards, as one piece.
 */
export class CopiedBase {
  readonly #parts: Parts;
  readonly #copied: Promise<void>;
  /** What is in the new file: copied, or written by others. */
  readonly #made = new ByteRanges();
  /** How much of the published file is wanted. */
  #size: number;
  /** What is being copied. */
  #copying = { start: 0, end: 0, done: Promise.resolve() };
  #unflushed = 0;
  #isAwaited = false;
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#size = parts.before.size;
    this.#copied = this.#copy();
    background(this.#copied, () => undefined);
  }

  get before(): Entry {
    return this.#parts.before;
  }

  /** Leaves these bytes to who writes them. Waits until nothing else will be written there. */
  async claim(start: number, end: number): Promise<void> {
    if (this.#made.count >= MANY_RANGES) await this.complete();
    this.#made.add(start, Math.min(end, this.#size));
    await this.#stretchLeft(start, end);
  }

  /** Leaves the end of the published file out, from this byte on. */
  async cut(size: number): Promise<void> {
    const before = this.#size;
    this.#size = Math.min(before, size);
    await this.#stretchLeft(this.#size, before);
    this.#made.cut(this.#size);
  }

  /** Where a byte is to be read from, and up to which other one. */
  sourceOf(position: number): { readonly handle: FileToRead; readonly end: number } {
    const { source, temporary } = this.#parts;
    const { isIn, end } = this.#made.at(position);
    if (!isIn && position < this.#size) return { handle: source, end: Math.min(end, this.#size) };
    return { handle: temporary.handle, end: isIn ? end : Number.POSITIVE_INFINITY };
  }

  /** Makes the new file whole. */
  complete(): Promise<void> {
    this.#isAwaited = true;
    return this.#copied;
  }

  /** @throws StorageError `busy` where others have changed the file, what they put into it would be lost, or taken it away: it would come back. */
  async check(): Promise<void> {
    const { location, before } = this.#parts;
    const now = await entryAt(location);
    const isSame =
      now?.unique === before.unique &&
      now?.size === before.size &&
      now.modified.getTime() === before.modified.getTime();
    if (!isSame) throw changedMeanwhile();
  }

  /** Ends it, whatever is being copied. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#copied.catch(() => undefined);
    await this.#parts.temporary.device.threads(() => this.#parts.source.close());
  }

  async #copy(): Promise<void> {
    if (await this.#alone({ start: 0, end: Number.POSITIVE_INFINITY }, this.#clone())) {
      this.#made.add(0, this.#size);
      return;
    }
    for (let next = this.#next(); next && !this.#isStopped; next = this.#next()) {
      await this.#alone(next, this.#copyStretch(next));
      this.#made.add(next.start, Math.min(next.end, this.#size));
    }
  }

  #next(): Required<ByteRange> | undefined {
    const first = this.#made.firstGap(Math.min(this.#parts.position, this.#size));
    if (first) return { ...first, end: Math.min(first.end, first.start + STRETCH_BYTES) };
    const last = this.#made.lastGap(this.#size);
    if (last === undefined || this.#isAwaited) return last;
    return { ...last, start: Math.max(last.start, last.end - STRETCH_BYTES) };
  }

  /** While it is made, others keep out of these bytes. */
  async #alone<Result>({ start, end }: Required<ByteRange>, made: Promise<Result>): Promise<Result> {
    // What fails is for whoever completes it.
    const done = made.then(
      () => undefined,
      () => undefined,
    );
    this.#copying = { start, end, done };
    try {
      return await made;
    } finally {
      this.#copying = { start: 0, end: 0, done: Promise.resolve() };
    }
  }

  async #stretchLeft(start: number, end: number): Promise<void> {
    const copying = this.#copying;
    if (copying.start < end && start < copying.end) await copying.done;
  }

  async #clone(): Promise<boolean> {
    const { source, before, temporary } = this.#parts;
    const { handle, device } = temporary;
    if (!(await isCloned(source, handle, device))) return false;
    // It may have grown since it was looked at.
    await device.threads(() => handle.truncate(before.size));
    return true;
  }

  async #copyStretch({ start, end }: Required<ByteRange>): Promise<void> {
    const { source, temporary, durable } = this.#parts;
    const { handle, device } = temporary;
    for (let at = start; at < end && !this.#isStopped; at += STRETCH_BYTES) {
      const length = Math.min(STRETCH_BYTES, end - at);
      for await (const _ of copyRange(source, handle, { from: at, to: at, length, device })) {
        if (this.#isStopped) return;
      }
      this.#unflushed += length;
      if (durable && !this.#isAwaited && this.#unflushed >= FLUSH_BYTES) {
        this.#unflushed = 0;
        await device.threads(() => handle.datasync());
      }
    }
  }
}
