import process from 'node:process';

/** Lines at the bottom of the terminal that are drawn anew again and again, with everything else printed above them. */
export class StatusLines {
  readonly #stream: NodeJS.WriteStream;
  #shown = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Whether there is a terminal that can. */
  get isPossible(): boolean {
    return this.#stream.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  get columns(): number {
    return this.#stream.columns || 80;
  }

  /** How many lines there is room for. */
  get rows(): number {
    return Math.max(1, (this.#stream.rows || 24) - 1);
  }

  show(lines: readonly string[]): void {
    this.#stream.write(`${this.#eraser()}${lines.map((line) => `${line}\n`).join('')}`);
    this.#shown = lines.length;
  }

  clear(): void {
    if (this.#shown > 0) this.show([]);
  }

  /** ECMA-48: cursor up, and erase from there to the end of the screen. */
  #eraser(): string {
    return this.#shown === 0 ? '' : `\u001b[${this.#shown}A\r\u001b[J`;
  }
}
