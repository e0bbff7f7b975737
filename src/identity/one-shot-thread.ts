import { Worker } from 'node:worker_threads';

/** What no work takes that is within the bounds of cost: then the thread is ended. */
const MAX_MS = 120_000;
/** WebAssembly's memory is apart from it. The dictionaries of zxcvbn take most of it. */
const RESOURCES = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 };

/**
 * Runs a program on a thread of its own, for one answer. Who calls bounds how many run at once. Undefined where there is no
 * answer. Rejects where there can be no thread, and with what the program throws.
 * @param program its file @param task what it finds as `workerData`
 */
export async function inThread(program: string, task: unknown): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const thread = new Worker(program, { workerData: task, resourceLimits: RESOURCES });
  const late = setTimeout(() => resolve(undefined), MAX_MS);
  thread.on('message', resolve);
  thread.on('error', reject);
  thread.on('exit', () => resolve(undefined));
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
}
