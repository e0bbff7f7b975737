/** Beats that a worker may leave unanswered; with the next one it counts as hung. */
const PATIENCE_BEATS = 5;

/**
 * Tells a process that hangs from one that is slow. It counts beats and no time: where this process itself stood still,
 * or the machine slept, that is one beat, and what the other one answered meanwhile is read before the next.
 */
export class Heartbeat {
  #unanswered = 0;

  /** Whether the last beat was answered: one that is behind should get no more to do. */
  get isAnswered(): boolean {
    return this.#unanswered <= 1;
  }

  /** Counts a beat, which is to be sent; true where the other one hangs. */
  beat(): boolean {
    this.#unanswered += 1;
    return this.#unanswered > PATIENCE_BEATS;
  }

  answered(): void {
    this.#unanswered = 0;
  }
}

/** How long the beats are apart, in ms, for a silence of so many to be noticed. */
export function beatEveryMs(silenceMs: number): number {
  return silenceMs / PATIENCE_BEATS;
}
