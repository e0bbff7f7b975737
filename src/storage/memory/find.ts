import { notFound, StorageError } from '../../core/index.ts';
import type { Following } from '../following.ts';
import type { DirectoryNode, Node } from './nodes.ts';

const MAX_LINKS = 40;

/** Where a path leads: a name in a directory, with a node there or not. */
export interface Spot {
  readonly directory: DirectoryNode;
  /** `.` where the root itself is meant. */
  readonly name: string;
  readonly node: Node | undefined;
  /** Names of the directories from the root to `directory`. */
  readonly chain: readonly string[];
}

interface PathLevel {
  readonly name: string;
  readonly directory: DirectoryNode;
}

/** Finds as chroot would: `..` in a link stops at the root. */
export function find(root: DirectoryNode, names: readonly string[], { links, last }: Following): Spot {
  const pending = names.toReversed();
  const levels: PathLevel[] = [];
  for (let followed = 0; ; ) {
    const directory = levels.at(-1)?.directory ?? root;
    const chain = levels.map((level) => level.name);
    const name = pending.pop();
    if (name === undefined) return { directory, name: '.', node: directory, chain };
    if (name === '..') {
      levels.pop();
      continue;
    }
    const node = directory.entries.get(name);
    const isLast = pending.length === 0;
    if (node?.kind === 'link' && (last || !isLast)) {
      followed += 1;
      if (!links) throw new StorageError('denied', 'Links are not followed here');
      if (followed > MAX_LINKS) throw new StorageError('denied', 'Too many links');
      pending.push(...targetNames(node.target).toReversed());
    } else if (isLast) {
      return { directory, name, node, chain };
    } else {
      levels.push({ name, directory: asDirectory(node) });
    }
  }
}

export function asDirectory(node: Node | undefined): DirectoryNode {
  if (node === undefined) throw notFound();
  if (node.kind !== 'directory') throw new StorageError('not-directory', 'This is not a directory');
  return node;
}

/** Targets are stored relative to the link. */
function targetNames(target: string): string[] {
  return target.split('/').filter((name) => name !== '' && name !== '.');
}
