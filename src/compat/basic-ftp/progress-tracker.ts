export type ProgressType = 'upload' | 'download' | 'list';

/** How far a transfer is. */
export interface ProgressInfo {
  /** The remote path; empty for a listing. */
  readonly name: string;
  readonly type: ProgressType;
  /** Of this transfer. */
  readonly bytes: number;
  /** Of all transfers since the handler was set. */
  readonly bytesOverall: number;
}

export type ProgressHandler = (info: ProgressInfo) => void;

/** Tells a handler of each transfer: at its beginning, now and then, and at its end. */
export class ProgressTracker {
  #bytesOverall = 0;
  #handler: ProgressHandler | undefined;
  #timer: NodeJS.Timeout | undefined;
  #update = (): void => undefined;

  /** Starts to count from zero. */
  reportTo(handler: ProgressHandler | undefined): void {
    this.#bytesOverall = 0;
    this.#handler = handler;
  }

  start(name: string, type: ProgressType, countBytes: () => number): void {
    this.stop();
    let seen = 0;
    this.#update = () => {
      const bytes = countBytes();
      this.#bytesOverall += bytes - seen;
      seen = bytes;
      this.#handler?.({ name, type, bytes, bytesOverall: this.#bytesOverall });
    };
    this.#timer = setInterval(() => this.#updateInBetween(), intervalMs);
    this.#update();
  }

  updateAndStop(): void {
    this.#update();
    this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#update = () => undefined;
  }

  /** Nobody could catch what a handler throws here: it comes out at the end of the transfer. */
  #updateInBetween(): void {
    try {
      this.#update();
    } catch (error) {
      clearInterval(this.#timer);
      this.#update = () => {
        throw error;
      };
    }
  }
}

const intervalMs = 500;
