import path from 'node:path';
import { parse, YAMLError } from 'yaml';
import { formerVariable } from './former-settings.ts';
import type { Layer, Tree } from './layer.ts';
import { merge } from './layer.ts';
import { nearest } from './nearest.ts';
import type { SettingOrigin } from './problem.ts';
import { resolvePaths, SETTINGS, type Setting } from './settings.ts';

/** Environment variables with a meaning of their own, which are no settings. */
const RESERVED: readonly string[] = ['LOCKPORT_CONFIG', 'LOCKPORT_PASSWORD', 'LOCKPORT_BACKUP_PASSPHRASE'];

export type Environment = Readonly<Record<string, string | undefined>>;
/** What the command line gave, by the key of the setting. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** The settings in `LOCKPORT_*`, and a warning for each variable that looks like a setting and is none. An empty one counts as absent. */
export function readEnvironment(environment: Environment): { readonly layer: Layer; readonly warnings: string[] } {
  const values = SETTINGS.flatMap((setting) => {
    const text = environment[setting.variable];
    return text ? [{ setting, text, origin: { from: 'environment', variable: setting.variable } as const }] : [];
  });
  const known = SETTINGS.map((setting) => setting.variable);
  const strange = Object.keys(environment).filter(
    (name) => name.startsWith('LOCKPORT_') && !known.includes(name) && !RESERVED.includes(name),
  );
  return { layer: layerOf(values), warnings: strange.map((name) => unknownVariable(name, known)) };
}

export function readFlags(flags: Flags): Layer {
  const values = SETTINGS.flatMap((setting) => {
    const text = flags[setting.key];
    return text === undefined
      ? []
      : [{ setting, text: String(text), origin: { from: 'flag', flag: setting.flag } as const }];
  });
  return layerOf(values);
}

interface Given {
  readonly setting: Setting;
  readonly text: string;
  readonly origin: SettingOrigin;
}

function layerOf(values: readonly Given[]): Layer {
  const tree = values.reduce<unknown>(
    (tree, { setting, text }) => merge(tree, treeOf(setting.path, READERS[setting.type](text))),
    {},
  );
  return {
    tree: resolvePaths(tree, (relative) => path.resolve(relative)) as Tree,
    locate(where) {
      const given = values.find(({ setting }) => setting.path.every((name, index) => name === where[index]));
      return { origin: given?.origin ?? { from: 'default' } };
    },
  };
}

function treeOf(names: readonly string[], value: unknown): unknown {
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}

/** Text as the setting's type; what does not fit stays text, for the validation to name. */
const READERS: { readonly [type in Setting['type']]: (text: string) => unknown } = {
  string: (text) => text,
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  integer: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
  names: (text) => text.split(',').map((name) => name.trim()),
  structure: readYaml,
};

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLError) return text;
    throw error;
  }
}

function unknownVariable(name: string, known: readonly string[]): string {
  const former = formerVariable(name);
  if (former !== undefined) return former;
  const meant = nearest(name, known);
  return `${name} in the environment is not a setting${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
