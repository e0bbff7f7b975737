export type { Environment, Flags } from './given.ts';
export {
  type ConfigurationSources,
  type EffectiveSetting,
  type LoadedConfiguration,
  loadConfiguration,
} from './load.ts';
export { ConfigurationError, describeOrigin, type Origin, type Problem } from './problem.ts';
export type { Configuration } from './schema.ts';
export { jsonSchema, SETTINGS, type Setting } from './settings.ts';
