import { isWithin, ROOT, type VirtualPath } from '../path.ts';
import { rightsOf } from '../rights.ts';
import type { Account } from './account.ts';
import { type AccountMount, RIGHTS, type Right } from './values.ts';

/** The rights that are held at a path and below it, down to the next path of the list. */
export interface EffectiveRights {
  readonly path: VirtualPath;
  readonly rights: readonly Right[];
  /** The path lies in this mount. */
  readonly mount?: AccountMount;
}

/** What can be done in a directory that is mounted to be read. */
const READING: readonly Right[] = ['list', 'download'];

/** What the rules of an account and its mounts make together: an entry wherever one of them begins, in the order of paths. */
export function effectiveRights({ rights: rules, mounts }: Account): readonly EffectiveRights[] {
  const holds = rightsOf(rules);
  const paths = new Set([ROOT, ...rules.map(({ path }) => path), ...mounts.map(({ at }) => at)]);
  const deepestFirst = mounts.toSorted((one, other) => other.at.length - one.at.length);
  return [...paths].toSorted(inTree).map((path) => {
    const mount = deepestFirst.find(({ at }) => isWithin(at, path));
    const rights = RIGHTS.filter((right) => holds(right, path) && (!mount?.readOnly || READING.includes(right)));
    return { path, rights, ...(mount && { mount }) };
  });
}

/** What lies in a directory comes behind it, and before its next neighbour. */
function inTree(one: VirtualPath, other: VirtualPath): number {
  const [left, right] = [one, other].map((path) => path.replaceAll('/', '\0'));
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
