import { printable } from '../../core/index.ts';
import { nearest } from './nearest.ts';
import { mayHoldSecret, type Problem, type SettingOrigin } from './problem.ts';
import { configurationSchema } from './schema.ts';
import { isTree, keysAt } from './settings.ts';

export type Path = readonly PropertyKey[];
export type Tree = Readonly<Record<string, unknown>>;

export interface SettingLocation {
  readonly origin: SettingOrigin;
  readonly excerpt?: string;
}

/** Settings from one source: the file, the environment or the flags. */
export interface Layer {
  /** Only what was given, as the schema's input. */
  readonly tree: Tree;
  /** Where the value at the path was given; of a path that leads nowhere, where what should hold it was. */
  locate(path: Path, part: 'key' | 'value'): SettingLocation;
}

/** Every mistake in the layer. */
export function problemsOf(layer: Layer): Problem[] {
  const result = configurationSchema.safeParse(layer.tree);
  if (result.success) return [];
  return result.error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(layer, issue.path, key));
    const found = valueAt(layer.tree, issue.path);
    const key = keyOf(issue.path);
    const message = found === undefined ? `is missing; expected ${issue.message}` : wrong(key, issue.message, found);
    return [{ ...layer.locate(issue.path, 'value'), key, message }];
  });
}

/** The layers as one tree; a later one wins. Groups are merged setting by setting, lists are replaced. */
export function merge(below: unknown, above: unknown): unknown {
  if (!isTree(below) || !isTree(above)) return above === undefined ? below : above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(below[key], above[key])]));
}

/** The strongest layer that gives a value. */
export function layerWith(where: Path, layers: readonly Layer[]): Layer | undefined {
  return layers.findLast((layer) => valueAt(layer.tree, where) !== undefined);
}

export function valueAt(tree: unknown, path: Path): unknown {
  let value = tree;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

/** `tls.certificates[0].key` */
export function keyOf(path: Path): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === 'number') return `${key}[${part}]`;
    return key === '' ? String(part) : `${key}.${String(part)}`;
  }, '');
}

function unknownKey(layer: Layer, path: Path, key: string): Problem {
  const known = keysAt(path);
  const meant = nearest(key, known);
  const hint = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`;
  return { ...layer.locate([...path, key], 'key'), key: keyOf([...path, key]), message: `unknown key; ${hint}` };
}

function wrong(key: string, expected: string, found: unknown): string {
  const text = printable(JSON.stringify(found));
  if (mayHoldSecret(key) || mayHoldSecret(text)) return `expected ${expected}`;
  return `expected ${expected}, got ${text.length > 60 ? `${text.slice(0, 60)}...` : text}`;
}
