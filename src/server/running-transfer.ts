import type { CurrentTransfer, Direction, VirtualPath } from '../core/index.ts';

/** Which file a transfer moves, and how it is announced. */
export interface TransferDescription {
  readonly verb: string;
  readonly direction: Direction;
  readonly path: VirtualPath;
  /** Where in the file it begins, in bytes. */
  readonly offset: number;
  /** The text of the 150 reply. */
  readonly text: string;
}

/** A transfer from its 150 until it has ended. */
export class RunningTransfer {
  readonly #description: TransferDescription;
  readonly #since = Date.now();
  /** The data connection, once it is open. */
  connection: { readonly bytes: number } | undefined;

  constructor(description: TransferDescription) {
    this.#description = description;
  }

  /** The line that STAT shows for it. */
  get text(): string {
    const { verb } = this.#description;
    return this.connection ? `${verb} ${this.connection.bytes} bytes so far` : `${verb} waits for its data connection`;
  }

  get facts(): CurrentTransfer {
    const { verb, direction, path } = this.#description;
    const bytes = this.connection?.bytes ?? 0;
    const seconds = Math.max(1, Date.now() - this.#since) / 1000;
    return { verb, direction, path, since: this.#since, bytes, rate: Math.round(bytes / seconds) };
  }
}
