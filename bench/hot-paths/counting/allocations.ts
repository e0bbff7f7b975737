import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { Figures } from '../figures.ts';
import type { Prepared } from '../hot-path.ts';

type Allocations = Pick<Figures, 'heapBytes' | 'bufferBytes'>;

/** Memory for buffers can bring a collection about by itself; it seldom does so twice. */
const attempts = 6;

/**
 * What a run allocates: the growth of what is in use. That is all of it only where nothing is collected meanwhile, so a
 * run with a collection does not count.
 */
export async function countAllocations(path: Prepared): Promise<Allocations> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const grown = await growthIn(path);
    if (grown) return grown;
  }
  throw new Error(`Memory was collected in each of ${attempts} runs`);
}

async function growthIn(path: Prepared): Promise<Allocations | undefined> {
  await path.renew?.();
  // The second one waits until the buffers that the first one freed are gone.
  globalThis.gc?.();
  globalThis.gc?.();
  // That memory was collected is told in the next turn.
  await turn();
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  const before = process.memoryUsage();
  await path.run();
  const after = process.memoryUsage();
  await turn();
  collections += observer.takeRecords().length;
  observer.disconnect();
  if (collections > 0) return undefined;
  return { heapBytes: after.heapUsed - before.heapUsed, bufferBytes: after.arrayBuffers - before.arrayBuffers };
}
