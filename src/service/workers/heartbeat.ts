/** How many beats a worker may leave unanswered. With the next one it counts as hung. */
const PATIENCE_BEATS = 5;
/** The factor by which a worker may leave more beats unanswered before its first answer: on a busy machine, a process starts slowly. */
const STARTING_FACTOR = 4;

/**
 * Distinguishes a process that hangs from one that is slow. It counts beats and not time. If this process stood still or the
 * machine slept, that is one beat, and the answers that arrived in between are read before the next beat.
 */
export class Heartbeat {
  #unanswered = 0;
  #patienceBeats = PATIENCE_BEATS * STARTING_FACTOR;

  /** Whether the last beat was answered. A worker that is behind should get no new sessions. */
  get isAnswered(): boolean {
    return this.#unanswered <= 1;
  }

  /** Counts a beat, which the caller then sends. True if the other process hangs. */
  beat(): boolean {
    this.#unanswered += 1;
    return this.#unanswered > this.#patienceBeats;
  }

  answered(): void {
    this.#unanswered = 0;
    this.#patienceBeats = PATIENCE_BEATS;
  }

  /** How many beats may stay unanswered at present. */
  get patienceBeats(): number {
    return this.#patienceBeats;
  }
}

/** The interval between beats, in milliseconds, so that a silence of `silenceMs` counts as a hang. */
export function beatEveryMs(silenceMs: number): number {
  return silenceMs / PATIENCE_BEATS;
}
