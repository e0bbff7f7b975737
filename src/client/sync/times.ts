import { StorageError, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { Side } from './side.ts';

/** What a run knows of the setting of times at its destination. */
export class Times {
  readonly #destination: Side;
  readonly #mayBeSet: boolean;
  #hasSet = false;
  #areUnsupported = false;
  #isRefusalTold = false;

  constructor(destination: Side, mayBeSet: boolean) {
    this.#destination = destination;
    this.#mayBeSet = mayBeSet && destination.storage.settable?.includes('modified') === true;
  }

  /**
   * Whether copies get the time of their source, so that times tell equality and not only age. Only that the destination
   * can't set any answers this for all files. That it will not set one (`denied`) is about that file, whose owner may be
   * another one.
   */
  get areKept(): boolean {
    return this.#mayBeSet && !this.#areUnsupported;
  }

  /** @throws StorageError; see `isRefusal` */
  async set(path: VirtualPath, time: Date): Promise<void> {
    try {
      await this.#destination.storage.setAttributes?.(this.#destination.at(path), { modified: time });
      this.#hasSet = true;
    } catch (error) {
      if (isUnsupported(error) && !this.#hasSet && isKeptAnywhere(time)) this.#areUnsupported = true;
      throw error;
    }
  }

  /**
   * Finds out whether the time of a file can be set, by setting the one that it has. It must not be the time of its
   * source: a copy that fails behind that would leave the old content looking like the new one. A part of a second counts
   * as the whole one, because the next one earlier may be the source's.
   * @returns the refusal; what else goes wrong tells nothing of it, and shows again when the file is copied
   */
  async refusalAt(path: VirtualPath, present: Date): Promise<Error | undefined> {
    try {
      await this.set(path, new Date(Math.ceil(present.getTime() / 1000) * 1000));
      return undefined;
    } catch (error) {
      return error instanceof Error && isRefusal(error) ? error : undefined;
    }
  }

  /** Whether a refusal is still to be told of: a run warns once, and not of each file. */
  tellRefusal(): boolean {
    const isFirst = !this.#isRefusalTold;
    this.#isRefusalTold = true;
    return isFirst;
  }
}

/** Whether the destination will not set a time, now or later; not there, or busy, is another matter. */
export function isRefusal(error: unknown): boolean {
  return isFailure(error, 'denied') || isUnsupported(error);
}

function isUnsupported(error: unknown): boolean {
  return isFailure(error, 'unsupported');
}

function isFailure(error: unknown, code: 'denied' | 'unsupported'): boolean {
  return (error instanceof StorageError || error instanceof ClientError) && error.code === code;
}

/** Some disks can't keep a time from before 1970, or from 2038 on: that is about one time, and not about all. */
function isKeptAnywhere(time: Date): boolean {
  return time.getTime() >= 0 && time.getTime() < 2 ** 31 * 1000;
}
