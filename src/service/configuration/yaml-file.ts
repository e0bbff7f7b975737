import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { printable } from '../../core/index.ts';
import { systemCode } from '../system-error.ts';
import type { Layer, Path, SettingLocation, Tree } from './layer.ts';
import { ConfigurationError } from './problem.ts';
import { isTree, resolvePaths } from './settings.ts';

/**
 * Reads a `lockport.yaml`. Relative paths in it are taken from its directory.
 * @throws ConfigurationError where it can't be read or is not YAML; wrong settings are left for `problemsOf`.
 */
export async function readYamlFile(file: string): Promise<Layer> {
  return parseYamlLayer(await textOf(file), file);
}

/** The layer of a text that stands in `file`. */
export function parseYamlLayer(text: string, file: string): Layer {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): SettingLocation => {
    const { line, col } = lines.linePos(offset);
    const excerpt = printable(text.split(/\r?\n/)[line - 1] ?? '');
    return { origin: { from: 'file', file, line, column: col }, excerpt };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({ ...place(error.pos[0]), key: '', message: error.message }));
    throw new ConfigurationError(problems);
  }
  const tree = withoutEmpty(document.toJS() ?? {});
  if (!isTree(tree)) {
    throw new ConfigurationError([{ ...place(0), key: '', message: 'expected settings, each as "key: value"' }]);
  }
  const directory = path.dirname(path.resolve(file));
  return {
    tree: resolvePaths(tree, (relative) => path.resolve(directory, relative)) as Tree,
    locate: (where, part) => place(offsetOf(document, where, part)),
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    const message = code === 'ENOENT' ? 'no such file' : `can't be read (${code ?? String(error)})`;
    throw new ConfigurationError([{ origin: { from: 'default' }, key: file, message }]);
  }
}

/** A key with nothing behind it is as good as absent: what one gets by turning all below it into comments. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isTree(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutEmpty(inner)]));
}

/** Offset of the value at the path, or of its key; where there is none, of the nearest that should hold it. */
export function offsetOf(document: Document, where: Path, part: 'key' | 'value'): number {
  const holder = where.slice(0, -1);
  const parent = where.length === 0 ? document.contents : document.getIn(holder, true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === where.at(-1));
    const node = part === 'key' ? pair?.key : (pair?.value ?? pair?.key);
    if (isNode(node) && node.range) return node.range[0];
  }
  const node = document.getIn(where, true);
  if (isNode(node) && node.range) return node.range[0];
  return where.length === 0 ? 0 : offsetOf(document, holder, 'key');
}
