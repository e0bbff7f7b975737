import { open } from 'node:fs/promises';
import { StorageError } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { look } from './look.ts';
import { CLOCK_NAME } from './names.ts';

const MINUTE_MS = 60_000;
/** By so much the clock may be behind when a file is stored: what is retained is retained for so much longer. */
export const CLOCK_SLACK_MS = 2 * MINUTE_MS;

/**
 * The latest time that was seen, as the time of a file in the root of the storage. A file that is stored while the clock is
 * behind it would be free too early.
 */
export class RetentionClock {
  readonly #root: Directory;
  readonly #now: () => number;

  constructor(root: Directory, now: () => number) {
    this.#root = root;
    this.#now = now;
  }

  /** @throws StorageError `busy` while the clock is behind */
  async check(): Promise<void> {
    const now = this.#now();
    const stats = await look(this.#root, CLOCK_NAME);
    const latest = stats === undefined ? 0 : Number(stats.mtimeMs);
    if (latest - now > MINUTE_MS) {
      throw new StorageError(
        'busy',
        'The clock of the server went back: nothing can be stored in a retained directory until it is right',
      );
    }
    if (now - latest > MINUTE_MS) await this.#note(new Date(now));
  }

  async #note(now: Date): Promise<void> {
    const { device } = this.#root;
    const handle = await device.threads(() => open(this.#root.at(CLOCK_NAME), 'a', 0o600));
    try {
      await device.threads(() => handle.utimes(now, now));
      await device.threads(() => handle.sync());
    } finally {
      await device.threads(() => handle.close());
    }
  }
}
