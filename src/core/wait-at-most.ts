import { background } from './background.ts';

/** Waits until `work` has succeeded or failed, but no longer than `ms` milliseconds. The work itself goes on. */
export async function waitAtMost(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  background(
    work.then(() => resolve()),
    () => resolve(),
  );
  await promise;
  clearTimeout(timer);
}

/** What `work` gives within `ms` milliseconds; undefined where it fails or takes longer. The work itself goes on. */
export async function answerWithin<Answer>(work: Promise<Answer>, ms: number): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  const keep = async () => {
    answer = await work;
  };
  await waitAtMost(keep(), ms);
  return answer;
}
