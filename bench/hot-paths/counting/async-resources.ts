import { createHook } from 'node:async_hooks';
import type { HotPath } from '../hot-path.ts';

/** All that a run makes and that is answered later; each `await` is one promise, or two. */
export async function countAsyncResources(path: HotPath): Promise<number> {
  await using prepared = await path.prepare();
  let made = 0;
  const hook = createHook({
    init() {
      made += 1;
    },
  }).enable();
  await prepared.run();
  hook.disable();
  return made;
}
