import {
  type CurrentTransfer,
  type Direction,
  type Entry,
  Speedometer,
  type TlsFacts,
  type VirtualPath,
} from '../core/index.ts';

/** How often it is noted how far a transfer is, for its speed in the last seconds. */
const SAMPLE_MS = 1000;

/** Which file a transfer moves, and how it is announced. */
export interface TransferDescription {
  readonly verb: string;
  readonly direction: Direction;
  readonly path: VirtualPath;
  /** Where in the file it begins, in bytes. */
  readonly offset: number;
  /** Bytes that are to move in all, where that is known. */
  readonly totalBytes?: number | undefined;
  /** Of a download: the file that is read, where the storage tells. */
  readonly entry?: Entry | undefined;
  /** Of a download: where it is to end, where the client named a range. */
  readonly end?: number | undefined;
  /** The text of the 150 reply. */
  readonly text: string;
}

/** A transfer from its 150 until it has ended, when it is disposed. */
export class RunningTransfer implements Disposable {
  readonly #description: TransferDescription;
  readonly #since = Date.now();
  readonly #began = performance.now();
  readonly #speedometer = new Speedometer();
  readonly #sampling: NodeJS.Timeout;
  /** The data connection, once it is open. */
  connection: { readonly bytes: number; readonly tls: TlsFacts | undefined } | undefined;

  constructor(description: TransferDescription) {
    this.#description = description;
    this.#speedometer.record(0, this.#began);
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  get direction(): Direction {
    return this.#description.direction;
  }

  /** The line that STAT shows for it. */
  get text(): string {
    const { verb } = this.#description;
    return this.connection ? `${verb} ${this.connection.bytes} bytes so far` : `${verb} waits for its data connection`;
  }

  get facts(): CurrentTransfer {
    const { verb, direction, path, offset, totalBytes } = this.#description;
    const now = this.#sample();
    const { bytes = 0, tls } = this.connection ?? {};
    const averageRate = Math.round((1000 * bytes) / Math.max(1, now - this.#began));
    const rate = Math.round(this.#speedometer.bytesPerSecond(now) ?? averageRate);
    return {
      verb,
      direction,
      path,
      offset,
      since: this.#since,
      ...(totalBytes !== undefined && { totalBytes }),
      bytes,
      rate,
      averageRate,
      ...(tls && { tls }),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sampling);
  }

  /** Gives the time of the sample, on the clock of `performance.now`. */
  #sample(): number {
    const now = performance.now();
    this.#speedometer.record(this.connection?.bytes ?? 0, now);
    return now;
  }
}
