import type { Action } from './action.ts';
import { withEventFile } from './event-file.ts';

/** Removes the file of an event while it is still the one that the event told of. */
export function removeAction(): Action {
  return {
    kind: 'remove',
    perform: (_, surroundings) =>
      withEventFile(surroundings, async ({ files, path, entry, signal }) => {
        await files.remove(path, { unchanged: entry, signal });
        return { detail: `removed ${path}` };
      }),
  };
}
