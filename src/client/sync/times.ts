import { StorageError, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { Side } from './side.ts';

/** What a run knows of the setting of times at its destination. */
export class Times {
  readonly #destination: Side;
  readonly #mayBeSet: boolean;
  #hasSet = false;
  #isRefused = false;

  constructor(destination: Side, mayBeSet: boolean) {
    this.#destination = destination;
    this.#mayBeSet = mayBeSet && destination.storage.settable?.includes('modified') === true;
  }

  /**
   * Whether copies get the time of their source, so that times tell equality and not only age. A refusal before any time
   * was set is taken for the answer to all; one behind it is about that one file.
   */
  get areKept(): boolean {
    return this.#mayBeSet && (this.#hasSet || !this.#isRefused);
  }

  /** @throws StorageError; see `isRefusal` */
  async set(path: VirtualPath, time: Date): Promise<void> {
    try {
      await this.#destination.storage.setAttributes?.(this.#destination.at(path), { modified: time });
      this.#hasSet = true;
    } catch (error) {
      if (isRefusal(error)) this.#isRefused = true;
      throw error;
    }
  }

  /**
   * Finds out, once, whether times can be set, by setting the one that a file has. It must not be the time of its source:
   * a copy that fails behind that would leave the old content looking like the new one. A part of a second counts as the
   * whole one, because the next one earlier may be the source's.
   * @returns the refusal; what else goes wrong tells nothing of it, and shows again when the file is copied
   */
  async refusalAt(path: VirtualPath, present: Date): Promise<Error | undefined> {
    if (this.#hasSet) return undefined;
    try {
      await this.set(path, new Date(Math.ceil(present.getTime() / 1000) * 1000));
      return undefined;
    } catch (error) {
      return error instanceof Error && isRefusal(error) ? error : undefined;
    }
  }
}

/** Whether the destination will not set a time, now or later; not there, or busy, is another matter. */
export function isRefusal(error: unknown): boolean {
  const isFailure = error instanceof StorageError || error instanceof ClientError;
  return isFailure && (error.code === 'unsupported' || error.code === 'denied');
}
