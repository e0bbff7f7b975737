import { type Entry, type Files, joinPath, type VirtualPath } from '../core/index.ts';
import { WebFailure } from './problem.ts';

/** An entry below a path, and how deep. */
export interface TreeEntry {
  readonly path: VirtualPath;
  readonly entry: Entry;
}

export interface TreeBounds {
  readonly maxDepth: number;
  readonly signal: AbortSignal;
}

/** What lies below a directory: each directory before what is in it. No link is followed. @throws WebFailure where it is too deep */
export async function* below(
  files: Pick<Files, 'list'>,
  directory: VirtualPath,
  bounds: TreeBounds,
  depth = 1,
): AsyncGenerator<TreeEntry> {
  if (depth > bounds.maxDepth) {
    throw new WebFailure(
      422,
      'too-many-entries',
      `Directories are more than ${bounds.maxDepth} deep (limits.maxWebTreeDepth)`,
    );
  }
  for await (const batch of files.list(directory, { signal: bounds.signal })) {
    for (const entry of batch) {
      const path = joinPath(directory, entry.name);
      yield { path, entry };
      if (entry.kind === 'directory') yield* below(files, path, bounds, depth + 1);
    }
  }
}
