import type { CurrentTransfer, Direction, VirtualPath } from '../core/index.ts';

/** What a transfer is about. */
export interface Subject {
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
  readonly #subject: Subject;
  readonly #since = Date.now();
  /** What moves the bytes, once the data connection is there. */
  connection: { readonly bytes: number } | undefined;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** What STAT says of it. */
  get text(): string {
    const { verb } = this.#subject;
    return this.connection ? `${verb} ${this.connection.bytes} bytes so far` : `${verb} waits for its data connection`;
  }

  get facts(): CurrentTransfer {
    const { verb, direction, path } = this.#subject;
    const bytes = this.connection?.bytes ?? 0;
    const seconds = Math.max(1, Date.now() - this.#since) / 1000;
    return { verb, direction, path, since: this.#since, bytes, rate: Math.round(bytes / seconds) };
  }
}
