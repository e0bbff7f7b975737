import process from 'node:process';
import { type Command, Option } from 'commander';
import { type LoadedConfiguration, loadConfiguration, SETTINGS, type Setting } from '../service/index.ts';

/** Flags of the settings with these keys, and `--config`. */
export function addSettings(command: Command, keys: readonly string[]): Command {
  command.option('--config <file>', 'configuration file (default: lockport.yaml, where there is one)');
  for (const setting of settingsOf(keys)) command.addOption(optionOf(setting));
  return command;
}

/** The configuration that the flags of the command, the environment and the file make. @throws ConfigurationError */
export function loadWithFlags(command: Command, keys: readonly string[], file?: string): Promise<LoadedConfiguration> {
  const given = command.opts<Record<string, string | boolean | undefined>>();
  const flags = settingsOf(keys).flatMap((setting) => {
    const name = optionOf(setting).attributeName();
    // A flag like --no-implicit has a value always: true where it is absent.
    return given[name] === undefined || given[name] === true ? [] : [[setting.key, given[name]] as const];
  });
  const config = file ?? given['config'];
  return loadConfiguration({
    ...(typeof config === 'string' && { file: config }),
    environment: process.env,
    flags: Object.fromEntries(flags),
  });
}

function settingsOf(keys: readonly string[]): readonly Setting[] {
  return SETTINGS.filter((setting) => keys.includes(setting.key));
}

function optionOf({ flag, type, choices, summary }: Setting): Option {
  if (type === 'boolean') return new Option(flag, `do without: ${summary}`);
  // Told only: whether the value is one of them is checked with all other settings.
  const help = choices.length === 0 ? summary : `${summary} (choices: ${choices.join(', ')})`;
  return new Option(`${flag} <value>`, help);
}
