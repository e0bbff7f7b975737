import type { Database } from '../database/index.ts';
import type { Configuration, LoadedConfiguration } from './configuration/index.ts';

/** Its key in the database's `meta`. */
const ROOT_IN_USE = 'root';

/** Notes where the files of this data directory are, for commands that are told the data directory alone. */
export async function noteRoot({ meta }: Database, root: string): Promise<void> {
  if (meta.get(ROOT_IN_USE) !== root) await meta.set(ROOT_IN_USE, root);
}

/** The configuration with the files where the server last had them, unless it was said where they are. */
export function withRootInUse({ configuration, effective }: LoadedConfiguration, { meta }: Database): Configuration {
  const isGiven =
    effective.some(({ setting, origin }) => setting.key === 'root' && origin.from !== 'default') ||
    effective.some(({ setting, value }) => setting.key === 'storages' && hasHome(value));
  const root = isGiven ? undefined : meta.get(ROOT_IN_USE);
  if (root === undefined) return configuration;
  const { storages } = configuration;
  return { ...configuration, root, storages: { ...storages, default: { kind: 'local', path: root } } };
}

function hasHome(storages: unknown): boolean {
  return typeof storages === 'object' && storages !== null && 'default' in storages;
}
