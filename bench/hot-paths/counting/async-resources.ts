import { createHook } from 'node:async_hooks';
import type { Prepared } from '../hot-path.ts';

/** All that a run makes and that is answered later; each `await` is one promise, or two. */
export async function countAsyncResources(path: Prepared): Promise<number> {
  await path.renew?.();
  let made = 0;
  const hook = createHook({
    init() {
      made += 1;
    },
  }).enable();
  await path.run();
  hook.disable();
  return made;
}
