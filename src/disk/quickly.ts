/** How long the threads are asked behind a slow answer. */
const CAREFUL_MS = 200;

/** Asks `here`, at once, or by `threads`. */
type Ask = <Answer>(here: () => Answer, threads: () => Promise<Answer>) => Promise<Answer>;

/**
 * A way to ask the system for what it nearly always has in memory, and answers in some microseconds: by way of the thread
 * pool an answer costs six further system calls and two switches of threads. So it is asked at once, and for a while by
 * the threads when an answer has taken longer than `quickMs`: from a disk that seeks, or over a network.
 */
function asking(quickMs: number): Ask {
  let carefulUntil = 0;
  return async (here, threads) => {
    const began = performance.now();
    if (began < carefulUntil) return threads();
    try {
      return here();
    } finally {
      const ended = performance.now();
      if (ended - began > quickMs) carefulUntil = ended + CAREFUL_MS;
    }
  };
}

/** For names and attributes. */
export const quickly = asking(2);

/** For a portion of a file, which comes from memory in a third of this, and from a fast medium in about as much. */
export const quicklyRead = asking(0.5);
