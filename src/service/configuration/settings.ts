import { z } from 'zod';
import { configurationSchema } from './schema.ts';

/** One setting: a leaf of the schema. */
export interface Setting {
  /** Its place in the file, joined by dots: `passive.ports`. */
  readonly key: string;
  readonly path: readonly string[];
  readonly type: 'string' | 'boolean' | 'integer' | 'names' | 'structure';
  /** The texts that it may be; empty where any may. */
  readonly choices: readonly string[];
  readonly summary: string;
  readonly default: unknown;
  /** The environment variable that sets it: `LOCKPORT_PASSIVE_PORTS`. */
  readonly variable: string;
  /** The flag that sets it, where the command line takes it: `--passive-ports`; `--no-explicit` for `explicit.enabled`. */
  readonly flag: string;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema of `lockport.yaml`, for editors. */
export const jsonSchema: JsonSchema = {
  title: 'lockport.yaml',
  ...z.toJSONSchema(configurationSchema, { io: 'input' }),
};

/** Every setting, in the order of the schema. */
export const SETTINGS: readonly Setting[] = leavesOf(jsonSchema, []);

/**
 * Takes each path in the tree from `directory`. Only what the schema marks as a path is touched; a wrong type is left
 * for the validation to name.
 */
export function resolvePaths(tree: unknown, resolve: (path: string) => string, schema = jsonSchema): unknown {
  if (schema.format === 'path' && typeof tree === 'string' && tree !== '') return resolve(tree);
  if (Array.isArray(tree)) {
    const items = schemaOf(schema.items);
    return items ? tree.map((item: unknown) => resolvePaths(item, resolve, items)) : tree;
  }
  if (!isTree(tree)) return tree;
  const entries = Object.entries(tree).map(([key, value]) => {
    const inner = innerOf(schema, key);
    return [key, inner ? resolvePaths(value, resolve, inner) : value] as const;
  });
  return Object.fromEntries(entries);
}

/** The keys that may stand at the path, which leads to a group of settings. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  const group = path.reduce<JsonSchema | undefined>(
    (schema, part) => schema && (typeof part === 'number' ? schemaOf(schema.items) : innerOf(schema, String(part))),
    jsonSchema,
  );
  return Object.keys(group?.properties ?? {});
}

/** Whether the value is a group of settings as it comes from a file. */
export function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function leavesOf(schema: JsonSchema, path: readonly string[]): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const inner = schemaOf(value);
    if (!inner) return [];
    const innerPath = [...path, name];
    return inner.properties ? leavesOf(inner, innerPath) : [settingOf(inner, innerPath)];
  });
}

function settingOf(schema: JsonSchema, path: readonly string[]): Setting {
  const words = path.flatMap((name) => name.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
  return {
    key: path.join('.'),
    path,
    type: typeOf(schema),
    choices: (schema.enum ?? []).map(String),
    summary: schema.description ?? '',
    default: schema.default,
    variable: `LOCKPORT_${words.join('_').toUpperCase()}`,
    flag: words.at(-1) === 'enabled' ? `--no-${words.slice(0, -1).join('-')}` : `--${words.join('-')}`,
  };
}

function typeOf(schema: JsonSchema): Setting['type'] {
  if (schema.type === 'boolean' || schema.type === 'integer') return schema.type;
  // A number or a word: text that is no number stays text.
  if (schema.anyOf) return 'integer';
  if (schema.type === 'object') return 'structure';
  if (schema.type !== 'array') return 'string';
  return schemaOf(schema.items)?.type === 'string' ? 'names' : 'structure';
}

/** What stands below a key: one of a group's own, or any of a group that is open to all names. */
function innerOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  return schemaOf(schema.properties?.[key] ?? schema.additionalProperties);
}

function schemaOf(value: JsonSchema['items']): JsonSchema | undefined {
  return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
}
