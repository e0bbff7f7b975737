import { background, type Publish } from '../../core/index.ts';
import type { LocalStorage } from '../../storage/index.ts';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface TrashSweeperParts {
  /** The name of the storage. */
  readonly name: string;
  readonly storage: Pick<LocalStorage, 'sweepTrash'>;
  readonly keepDays: number;
  readonly log: Publish;
}

/** Removes what a storage has kept for long enough, each hour. */
export class TrashSweeper implements AsyncDisposable {
  readonly #parts: TrashSweeperParts;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor(parts: TrashSweeperParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.begin(), EVERY_MS).unref();
  }

  begin(): void {
    if (this.#running || this.#stop.signal.aborted) return;
    this.#running = this.#sweep().finally(() => {
      this.#running = undefined;
    });
    background(this.#running, () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#running;
  }

  async #sweep(): Promise<void> {
    const { name, storage, keepDays, log } = this.#parts;
    const { signal } = this.#stop;
    try {
      const removed = await storage.sweepTrash({ keepMs: keepDays * DAY_MS, signal });
      if (removed > 0) {
        const message = `Removed from the trash of the storage ${name} what was kept for ${keepDays} days: ${removed} files`;
        log({ event: 'notice', message });
      }
    } catch (error) {
      const message = `The trash of the storage ${name} could not be swept; it is tried again in an hour`;
      if (!signal.aborted) log({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
  }
}
