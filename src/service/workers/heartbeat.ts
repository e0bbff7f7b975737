/** Beats that a worker may leave unanswered; with the next one it counts as hung. */
const PATIENCE_BEATS = 5;
/** Before its first answer so many times as many: on a busy machine the start of a process takes a while. */
const STARTING_FACTOR = 4;

/**
 * Tells a process that hangs from one that is slow. It counts beats and no time: where this process itself stood still,
 * or the machine slept, that is one beat, and what the other one answered meanwhile is read before the next.
 */
export class Heartbeat {
  #unanswered = 0;
  #patienceBeats = PATIENCE_BEATS * STARTING_FACTOR;

  /** Whether the last beat was answered: one that is behind should get no more to do. */
  get isAnswered(): boolean {
    return this.#unanswered <= 1;
  }

  /** Counts a beat, which is to be sent; true where the other one hangs. */
  beat(): boolean {
    this.#unanswered += 1;
    return this.#unanswered > this.#patienceBeats;
  }

  answered(): void {
    this.#unanswered = 0;
    this.#patienceBeats = PATIENCE_BEATS;
  }

  /** Beats that may go unanswered now. */
  get patienceBeats(): number {
    return this.#patienceBeats;
  }
}

/** How long the beats are apart, in ms, for a silence of so many to be noticed. */
export function beatEveryMs(silenceMs: number): number {
  return silenceMs / PATIENCE_BEATS;
}
