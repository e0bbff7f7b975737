import { openSync, readSync } from 'node:fs';

/** How long the system takes for its answers to one thread, in milliseconds. */
export interface AnswerClock {
  now(): number;
  /** Says that something is about to be asked, now. */
  asks(now: number): void;
  /**
   * Of the `ms` that an answer took, how many the thread did not wait for a processor: a busy machine makes no slow
   * device.
   */
  answered(ms: number): number;
}

/** How often it is noted how long the thread has waited: what is older than a question by less than this counts too. */
const NOTED_EACH_MS = 0.5;

/** The clock of the thread that calls it. */
export function threadClock(waitedMs: () => number = waitedForProcessor()): AnswerClock {
  let notedAt = Number.NEGATIVE_INFINITY;
  let noted = 0;
  return {
    now: () => performance.now(),
    asks(now) {
      if (now - notedAt < NOTED_EACH_MS) return;
      noted = waitedMs();
      notedAt = now;
    },
    answered: (ms) => Math.max(0, ms - (waitedMs() - noted)),
  };
}

const SPACE = 0x20;
const ZERO = 0x30;

/**
 * Reads how long this thread has been ready to run and has not run: the second number of its schedstat. Where the system
 * does not tell, it has never waited.
 */
function waitedForProcessor(): () => number {
  const text = Buffer.alloc(96);
  let descriptor: number | undefined;
  return () => {
    try {
      descriptor ??= openSync('/proc/thread-self/schedstat', 'r');
      readSync(descriptor, text, 0, text.length, 0);
    } catch {
      descriptor = NONE;
      return 0;
    }
    let nanoseconds = 0;
    for (let at = text.indexOf(SPACE) + 1; (text[at] ?? SPACE) !== SPACE; at += 1) {
      nanoseconds = nanoseconds * 10 + (text[at] ?? ZERO) - ZERO;
    }
    return nanoseconds / 1e6;
  };
}

/** No file is open by this number, and to read it fails at once. */
const NONE = -1;
