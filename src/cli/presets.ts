import { Option } from 'commander';
import { type OwnSettings, PRESETS, type Preset, type PresetName } from '../core/index.ts';

const ALL: readonly (readonly [name: string, preset: Preset])[] = Object.entries(PRESETS);

/** `--preset`, with what each means. */
export function presetOption(): Option {
  const meanings = ALL.map(([name, { summary }]) => `${name}: ${summary}`).join('; ');
  return new Option(
    '--preset <name>',
    `begin with the rights of a usual case, and change them by other flags (${meanings})`,
  ).choices(ALL.map(([name]) => name));
}

/** What the preset that was chosen says. */
export function presetSettings(name: PresetName | undefined): OwnSettings {
  return name === undefined ? {} : PRESETS[name].settings;
}
