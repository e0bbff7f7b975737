import type { FileHandle } from 'node:fs/promises';
import { background, type Entry } from '../../core/index.ts';
import { entryAt } from './changes.ts';
import { isCloned } from './clone-file.ts';
import { copyRange } from './copy-range.ts';
import type { EntryLocation } from './entry-location.ts';
import { changedMeanwhile } from './join.ts';
import type { Temporary } from './temporary.ts';

/** What is copied of the end at once, while the upload keeps out of it. */
const STRETCH_BYTES = 8 * 1024 * 1024;
/** While the upload comes, what is copied of this size is brought to the medium, and not all when it ends. */
const FLUSH_BYTES = 32 * 1024 * 1024;

interface Parts {
  readonly location: EntryLocation;
  /** It is owned from now on. */
  readonly source: FileHandle;
  /** The published file. */
  readonly before: Entry;
  readonly temporary: Temporary;
  /** Where the first byte of the upload goes. */
  readonly position: number;
  readonly durable: boolean;
}

/**
 * The published file that an upload into its middle goes on from: RFC 3659 section 5 has a restarted STOR replace bytes, not
 * cut the file. It is cloned, or copied while the upload comes: first what lies before that, then the end, backwards, up to
 * where the upload has come. What is left when the upload has ended is copied forwards, as one piece.
 */
export class CopiedBase {
  readonly #parts: Parts;
  readonly #made: Promise<void>;
  /** Where the upload ends up to now. */
  #reached: number;
  /** What is being made where the upload may come to, from which byte on. */
  #making = { from: Infinity, done: Promise.resolve() };
  #unflushed = 0;
  #isAwaited = false;
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#reached = parts.position;
    this.#made = this.#make();
    background(this.#made, () => undefined);
  }

  /** Waits until nothing else will be written where the upload comes to, up to `end`. */
  async reach(end: number): Promise<void> {
    this.#reached = Math.max(this.#reached, end);
    if (this.#making.from < end) await this.#making.done;
  }

  /** Makes the temporary file whole, when all of the upload is in it. */
  complete(): Promise<void> {
    this.#isAwaited = true;
    return this.#made;
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
    await this.#made.catch(() => undefined);
    await this.#parts.temporary.device.threads(() => this.#parts.source.close());
  }

  async #make(): Promise<void> {
    const { before, position } = this.#parts;
    if (await this.#alone(0, this.#clone())) return;
    await this.#copy(0, position);
    for (let end = before.size; end > this.#reached && !this.#isStopped; ) {
      const from = this.#isAwaited ? this.#reached : Math.max(this.#reached, end - STRETCH_BYTES);
      await this.#alone(from, this.#copy(from, end));
      end = from;
    }
  }

  /** While it is made, the upload keeps out of all from that byte on. */
  async #alone<Result>(from: number, made: Promise<Result>): Promise<Result> {
    // What fails is for whoever completes it.
    const done = made.then(
      () => undefined,
      () => undefined,
    );
    this.#making = { from, done };
    try {
      return await made;
    } finally {
      this.#making = { from: Infinity, done: Promise.resolve() };
    }
  }

  async #clone(): Promise<boolean> {
    const { source, before, temporary } = this.#parts;
    const { handle, device } = temporary;
    if (!(await isCloned(source, handle, device))) return false;
    // It may have grown since it was looked at.
    await device.threads(() => handle.truncate(before.size));
    return true;
  }

  async #copy(from: number, to: number): Promise<void> {
    const { source, temporary, durable } = this.#parts;
    const { handle, device } = temporary;
    for (let at = from; at < to && !this.#isStopped; at += STRETCH_BYTES) {
      const length = Math.min(STRETCH_BYTES, to - at);
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
