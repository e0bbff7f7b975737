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
  #hasEnded = false;

  constructor(capacity: number, onFull: () => void, onDrained: () => void) {
    this.#capacity = capacity;
    this.#onFull = onFull;
    this.#onDrained = onDrained;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  push(line: Line): void {
    this.#add(() => this.#lines.push(line), line);
  }

  /** Puts a line before all that wait. */
  pushFirst(line: Line): void {
    this.#add(() => this.#lines.unshift(line), line);
  }

  /** Puts the first wanted line before all that wait, where no line that ends the search lies before it. */
  bringForward(judge: (line: Line) => 'wanted' | 'ends' | undefined): boolean {
    const index = this.#lines.findIndex((line) => judge(line) !== undefined);
    const found = this.#lines[index];
    if (found === undefined || judge(found) !== 'wanted') return false;
    this.#lines.splice(index, 1);
    this.#lines.unshift(found);
    return true;
  }

  /** The next line; undefined once the queue has ended. */
  next(): Promise<Line | undefined> {
    if (this.#hasEnded) return Promise.resolve(undefined);
    const line = this.#lines.shift();
    if (line === undefined && this.#isFinished) return Promise.resolve(undefined);
    if (line === undefined) return new Promise((resolve) => (this.#waiting = resolve));
    if (this.#lines.length === this.#capacity - 1) this.#onDrained();
    return Promise.resolve(line);
  }

  /** Accepts no more lines. The waiting ones are still given, then the end. */
  finish(): void {
    this.#isFinished = true;
    if (this.#waiting) this.end();
  }

  /** Gives no more lines, and drops the waiting ones. */
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
    waiting?.(line);
  }
}
