import { StorageError } from '../core/index.ts';

/**
 * The text to store for a link to `target` that stands in the directory `chain`: never absolute, so that it means the
 * same wherever the root is. @throws StorageError `denied` where it would lead outside.
 */
export function relativeTarget(target: string, chain: readonly string[]): string {
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const isFromRoot = target.startsWith('/');
  let depth = isFromRoot ? 0 : chain.length;
  for (const name of names) {
    depth += name === '..' ? -1 : 1;
    if (depth < 0) throw leadsOutside();
  }
  if (!isFromRoot) return target;
  return [...chain.map(() => '..'), ...names].join('/') || '.';
}

export function leadsOutside(): StorageError {
  return new StorageError('denied', 'The link leads outside');
}
