import { describeOrigin, type LoadedConfiguration } from './configuration/index.ts';

/** Every setting, its value in force as the operator would write it, and where that was given. */
export interface ShownSetting {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
}

/** The settings as operators see them. Secrets lie in files, and a setting only names these. */
export function shownSettings(effective: LoadedConfiguration['effective']): readonly ShownSetting[] {
  return effective.map(({ setting, value, origin }) => ({ key: setting.key, value, origin: describeOrigin(origin) }));
}
