/** Longer than this the system does not take for what it has in memory. */
const QUICK_MS = 2;
/** How long the threads are asked behind a slow answer. */
const CAREFUL_MS = 200;

let carefulUntil = 0;

/**
 * Asks the system about names and attributes, which it nearly always answers from memory in some microseconds; by way of
 * the thread pool an answer costs six further system calls and two switches of threads. So it is asked at once, `here`,
 * and for a while by `threads` when an answer has taken long: from a disk that seeks, or over a network.
 */
export async function quickly<Answer>(here: () => Answer, threads: () => Promise<Answer>): Promise<Answer> {
  const began = performance.now();
  if (began < carefulUntil) return threads();
  try {
    return here();
  } finally {
    const ended = performance.now();
    if (ended - began > QUICK_MS) carefulUntil = ended + CAREFUL_MS;
  }
}
