/** How many bytes may be on their way at once. Whoever finds no room waits, in order. */
export class InFlight {
  readonly #most: number;
  readonly #queue: {
    readonly bytes: number;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  #taken = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  async take(bytes: number): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    if (this.#queue.length === 0 && this.#fits(bytes)) {
      this.#taken += bytes;
      return;
    }
    await new Promise<void>((resolve, reject) => this.#queue.push({ bytes, resolve, reject }));
  }

  free(bytes: number): void {
    this.#taken -= bytes;
    for (let next = this.#queue[0]; next && this.#fits(next.bytes); next = this.#queue[0]) {
      this.#taken += next.bytes;
      this.#queue.shift();
      next.resolve();
    }
  }

  /** Nobody gets room any more. */
  fail(error: unknown): void {
    this.#failure = { error };
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }

  /** One alone always does. */
  #fits(bytes: number): boolean {
    return this.#taken === 0 || this.#taken + bytes <= this.#most;
  }
}
