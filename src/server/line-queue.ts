/**
 * The lines that wait behind the running command. Bounded: when it is full the peer is not read from (`onFull`), and
 * when it has drained it is again (`onDrained`).
 */
export class LineQueue<Line> {
  readonly #lines: Line[] = [];
  readonly #capacity: number;
  readonly #onFull: () => void;
  readonly #onDrained: () => void;
  #waiting: ((line: Line | undefined) => void) | undefined;
  #isFinished = false;
  #isTaken = false;
  #hasEnded = false;

  constructor(capacity: number, onFull: () => void, onDrained: () => void) {
    this.#capacity = capacity;
    this.#onFull = onFull;
    this.#onDrained = onDrained;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** Whether a line was handed out, and the next one not asked for yet. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  push(line: Line): void {
    this.#add(() => this.#lines.push(line), line);
  }

  /** Puts a line before all that wait. */
  pushFirst(line: Line): void {
    this.#add(() => this.#lines.unshift(line), line);
  }

  /** The next line; undefined once the queue has ended. */
  next(): Promise<Line | undefined> {
    this.#isTaken = false;
    if (this.#hasEnded) return Promise.resolve(undefined);
    const line = this.#lines.shift();
    if (line === undefined && this.#isFinished) return Promise.resolve(undefined);
    if (line === undefined) return new Promise((resolve) => (this.#waiting = resolve));
    if (this.#lines.length === this.#capacity - 1) this.#onDrained();
    this.#isTaken = true;
    return Promise.resolve(line);
  }

  /** Nothing more comes in: what waits still comes out, and then the end. */
  finish(): void {
    this.#isFinished = true;
    if (this.#waiting) this.end();
  }

  /** Nothing more comes out, whatever waits. */
  end(): void {
    this.#hasEnded = true;
    this.#lines.length = 0;
    this.#hand(undefined);
  }

  #add(insert: () => void, line: Line): void {
    if (this.#hasEnded) return;
    if (this.#waiting) {
      this.#hand(line);
      return;
    }
    insert();
    if (this.#lines.length === this.#capacity) this.#onFull();
  }

  #hand(line: Line | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#isTaken = waiting !== undefined && line !== undefined;
    waiting?.(line);
  }
}
