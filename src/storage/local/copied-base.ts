import type { FileHandle } from 'node:fs/promises';
import { background, type Entry } from '../../core/index.ts';
import { entryAt } from './changes.ts';
import { copyRange } from './copy-range.ts';
import { changedMeanwhile } from './join.ts';
import type { Place } from './place.ts';
import type { Temporary } from './temporary.ts';

/**
 * The published file that an upload into its middle goes on from. Its beginning is copied while the upload comes, and its
 * end, behind what came, when that is known: RFC 3659 section 5 has a restarted STOR replace bytes, not cut the file.
 */
export class CopiedBase {
  readonly #place: Place;
  readonly #source: FileHandle;
  readonly #before: Entry;
  readonly #temporary: Temporary;
  readonly #beginning: Promise<void>;
  #isStopped = false;

  /** Owns the source. */
  constructor(place: Place, source: FileHandle, before: Entry, temporary: Temporary, position: number) {
    this.#place = place;
    this.#source = source;
    this.#before = before;
    this.#temporary = temporary;
    this.#beginning = this.#copy(0, position);
    background(this.#beginning, () => undefined);
  }

  /** Makes the temporary file whole. @param end where what came ends. */
  async complete(end: number): Promise<void> {
    await this.#beginning;
    const { size } = this.#before;
    if (end < size) await this.#copy(end, size);
  }

  /** @throws StorageError `busy` where others have changed the file: what they put into it would be lost. */
  async check(): Promise<void> {
    const { size } = this.#before;
    const now = await entryAt(this.#place);
    const isSame =
      now?.unique === this.#before.unique &&
      now?.size === size &&
      now.modified.getTime() === this.#before.modified.getTime();
    if (now !== undefined && !isSame) throw changedMeanwhile();
  }

  /** Ends it, whatever is being copied. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#beginning.catch(() => undefined);
    await this.#temporary.device.threads(() => this.#source.close());
  }

  async #copy(from: number, to: number): Promise<void> {
    const { handle, device } = this.#temporary;
    const portions = copyRange(this.#source, handle, { from, to: from, length: to - from, device });
    for await (const _ of portions) if (this.#isStopped) return;
  }
}
