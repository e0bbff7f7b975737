/** Something that takes long and can go on beside others. */
export interface Job<Result> {
  (): Promise<readonly Result[]>;
  /** How much of one place it takes, a power of two. Default: all of it. */
  readonly share?: number | undefined;
}

export interface JobOptions {
  /** Places for jobs. */
  readonly limit: number;
  /** Whether no further work should be begun; asked whenever results were taken. */
  readonly isEnough: () => boolean;
  /** Called when whoever reads the results leaves, or a job failed: the jobs under way must end soon. */
  readonly leave: () => void;
}

/**
 * Takes work as it comes, runs jobs beside each other, and gives their results in the order of completion. A failure
 * ends it all. While nobody takes results, no job is begun.
 */
export async function* runJobs<Result extends object>(
  work: AsyncIterable<Result | Job<Result>>,
  { limit, isEnough, leave }: JobOptions,
): AsyncGenerator<Result> {
  const running = new Set<Promise<unknown>>();
  let ready: Result[] = [];
  let failure: { readonly error: unknown } | undefined;
  /** Places that are taken. */
  const load = { taken: 0 };
  const begin = (job: Job<Result>): void => {
    const { share = 1 } = job;
    load.taken += share;
    const end = job()
      .then(
        (results) => ready.push(...results),
        (error: unknown) => {
          failure ??= { error };
        },
      )
      .finally(() => {
        running.delete(end);
        load.taken -= share;
      });
    running.add(end);
  };
  function* take(): Generator<Result> {
    const taken = ready;
    ready = [];
    yield* taken;
    if (failure) throw failure.error;
  }
  try {
    for await (const item of work) {
      if (typeof item === 'function') begin(item);
      else yield item;
      while (load.taken >= limit) await Promise.race(running);
      yield* take();
      if (isEnough()) break;
    }
    while (running.size > 0) {
      await Promise.race(running);
      yield* take();
    }
    yield* take();
  } finally {
    leave();
    await Promise.all(running);
  }
}
