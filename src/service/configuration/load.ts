import { access } from 'node:fs/promises';
import path from 'node:path';
import { contradictionsIn } from './contradictions.ts';
import { withoutFormer } from './former-settings.ts';
import { quarantineOf } from './gate-fields.ts';
import { type Environment, type Flags, readEnvironment, readFlags } from './given.ts';
import { type Layer, layerWith, merge, problemsOf, valueAt } from './layer.ts';
import { policyLayer } from './policy.ts';
import { ConfigurationError, type Problem, type SettingOrigin } from './problem.ts';
import { type Configuration, configurationSchema, type ParsedConfiguration } from './schema.ts';
import { SETTINGS, type Setting } from './settings.ts';
import { directoryOf, storagesOf } from './storage-fields.ts';
import { readYamlFile } from './yaml-file.ts';

/** Where settings come from. Flags win over the environment, the environment over the file, the file over a policy, that over defaults. */
export interface ConfigurationSources {
  /** Default: `LOCKPORT_CONFIG`, or `lockport.yaml` in the working directory where there is one. */
  readonly file?: string;
  readonly environment: Environment;
  readonly flags: Flags;
}

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  /** The file that was read. */
  readonly file?: string;
  readonly warnings: readonly string[];
  /** Every setting with its value in force, and where that was given. */
  readonly effective: readonly EffectiveSetting[];
}

interface EffectiveSetting {
  readonly setting: Setting;
  /** As the operator would write it; undefined where it is not set and has no fixed default. */
  readonly value: unknown;
  readonly origin: SettingOrigin;
}

/** Reads and checks the whole configuration. @throws ConfigurationError with every mistake, not only the first. */
export async function loadConfiguration(sources: ConfigurationSources): Promise<LoadedConfiguration> {
  const file = sources.file ?? (sources.environment.LOCKPORT_CONFIG || (await defaultFile()));
  const environment = readEnvironment(sources.environment);
  const layers = [environment.layer, readFlags(sources.flags)];
  if (file !== undefined) layers.unshift(await readYamlFile(file));

  const current = layers.map(withoutFormer);
  return readLayers(
    current.map(({ layer }) => layer),
    file,
    [...environment.warnings, ...current.flatMap(({ warnings }) => warnings)],
  );
}

function readLayers(
  given: readonly Layer[],
  file: string | undefined,
  warnings: readonly string[],
): LoadedConfiguration {
  refuse(given.flatMap(problemsOf));
  const { policy } = parse(given);
  const layers = policy === undefined ? given : [policyLayer(policy), ...given];
  const parsed = parse(layers);
  refuse(contradictionsIn(parsed, layers));

  const dataDir = path.resolve(parsed.dataDir);
  const storages = storagesOf(parsed, dataDir);
  return {
    configuration: {
      ...parsed,
      dataDir,
      storages,
      root: directoryOf(storages, 'default') ?? path.join(dataDir, 'files'),
      quarantine: quarantineOf(parsed, dataDir),
    },
    ...(file === undefined ? {} : { file }),
    warnings,
    effective: SETTINGS.map((setting) => effectiveSetting(setting, layers)),
  };
}

function parse(layers: readonly Layer[]): ParsedConfiguration {
  return configurationSchema.parse(layers.map((layer) => layer.tree).reduce(merge, {}));
}

const DEFAULT_FILE = 'lockport.yaml';

async function defaultFile(): Promise<string | undefined> {
  return access(DEFAULT_FILE).then(
    () => DEFAULT_FILE,
    () => undefined,
  );
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConfigurationError(problems);
}

function effectiveSetting(setting: Setting, layers: readonly Layer[]): EffectiveSetting {
  const layer = layerWith(setting.path, layers);
  if (!layer) return { setting, value: setting.default, origin: { from: 'default' } };
  return { setting, value: valueAt(layer.tree, setting.path), origin: layer.locate(setting.path, 'value').origin };
}
