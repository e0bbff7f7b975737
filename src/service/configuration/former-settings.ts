import { keyOf, type Layer, type Path, type Tree, valueAt } from './layer.ts';
import { describeOrigin } from './problem.ts';
import { isTree } from './settings.ts';

interface FormerSetting {
  readonly path: readonly string[];
  readonly variable: string;
  /** What holds instead, and what to do. */
  readonly instead: string;
}

const BY_RIGHT = 'is allowed to whoever holds the right `times` and to nobody else; remove this setting';

/** What was a setting once. A server that was updated starts with it all the same, and says so. */
const FORMER: readonly FormerSetting[] = [
  { path: ['site', 'chmod'], variable: 'LOCKPORT_SITE_CHMOD', instead: `SITE CHMOD ${BY_RIGHT}` },
  { path: ['site', 'utime'], variable: 'LOCKPORT_SITE_UTIME', instead: `SITE UTIME ${BY_RIGHT}` },
];

/** The layer without what is no setting any more, and a warning for each. */
export function withoutFormer(layer: Layer): { readonly layer: Layer; readonly warnings: readonly string[] } {
  const given = FORMER.filter(({ path }) => valueAt(layer.tree, path) !== undefined);
  const warnings = given.map(({ path, instead }) => {
    const { origin } = layer.locate(path, 'key');
    return `${describeOrigin(origin)}: ${keyOf(path)} is not a setting any more: ${instead}`;
  });
  const tree = given.reduce<Tree>((left, { path }) => without(left, path), layer.tree);
  return { layer: { ...layer, tree, locate: (where, part) => layer.locate(where, part) }, warnings };
}

/** What to say of an environment variable that set something once; undefined for any other. */
export function formerVariable(name: string): string | undefined {
  const former = FORMER.find(({ variable }) => variable === name);
  return former && `${name} in the environment is not a setting any more: ${former.instead}`;
}

function without(tree: Tree, [key = '', ...rest]: Path): Tree {
  const inner = tree[String(key)];
  const entries = Object.entries(tree).filter(([name]) => name !== key);
  return Object.fromEntries(rest.length > 0 && isTree(inner) ? [...entries, [key, without(inner, rest)]] : entries);
}
