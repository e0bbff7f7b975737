import { access, constants } from 'node:fs/promises';
import { background, ROOT, type Space, type Storage, waitAtMost } from '../../core/index.ts';
import { systemCode } from '../system-error.ts';

/** How long somebody who asks waits for a medium. */
const WAIT_MS = 1_000;

/** How a storage does. */
export interface StorageState {
  readonly name: string;
  /** Undefined where that could not be told. */
  readonly space: Space | undefined;
  /** Why nothing can be written there, for operators. */
  readonly problem?: string;
}

/**
 * Asks a storage whether it can take files. A medium that does not answer is asked once, and holds one thread, however often
 * somebody wants to know.
 */
export class StorageProbe {
  readonly #name: string;
  readonly #path: string;
  readonly #storage: Storage;
  #asked: Promise<void> | undefined;
  #state: StorageState;

  constructor(name: string, path: string, storage: Storage) {
    this.#name = name;
    this.#path = path;
    this.#storage = storage;
    this.#state = { name, space: undefined };
  }

  async state(): Promise<StorageState> {
    this.#asked ??= this.#ask();
    background(this.#asked, () => undefined);
    await waitAtMost(this.#asked, WAIT_MS);
    return this.#asked === undefined ? this.#state : { name: this.#name, space: undefined, problem: 'does not answer' };
  }

  async #ask(): Promise<void> {
    try {
      // First what goes by the way that a device which hangs can't block: its threads are counted.
      const space = await this.#storage.space?.(ROOT);
      await access(this.#path, constants.R_OK | constants.W_OK | constants.X_OK);
      this.#state = { name: this.#name, space, ...(space?.free === 0 && { problem: 'is full' }) };
    } catch (error) {
      const code = systemCode(error);
      this.#state = { name: this.#name, space: undefined, problem: `can not be written${code ? ` (${code})` : ''}` };
    } finally {
      this.#asked = undefined;
    }
  }
}
