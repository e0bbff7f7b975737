/** How long back the speed is measured. */
const WINDOW_MS = 5000;
/** Samples closer together than this are one. */
const GRAIN_MS = 100;
const MAX_SAMPLES = (2 * WINDOW_MS) / GRAIN_MS;

/** The speed of a transfer in the last seconds, from how far it was when. */
export class Speedometer {
  readonly #samples: { readonly atMs: number; bytes: number }[] = [];

  record(bytes: number, atMs: number): void {
    const last = this.#samples.at(-1);
    if (last && this.#samples.length > 1 && atMs - last.atMs < GRAIN_MS) last.bytes = bytes;
    else this.#samples.push({ atMs, bytes });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  /** Undefined until there is something to go by. */
  bytesPerSecond(atMs: number): number | undefined {
    // The last that is older stays: the speed is measured from there.
    while ((this.#samples[1]?.atMs ?? atMs) <= atMs - WINDOW_MS) this.#samples.shift();
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || atMs - first.atMs < GRAIN_MS) return undefined;
    return ((last.bytes - first.bytes) / (atMs - first.atMs)) * 1000;
  }
}
