import type { Command, Option } from 'commander';

/** A command as completions and manual pages show it. */
export interface CommandNode {
  readonly name: string;
  readonly summary: string;
  /** Its arguments, as its usage shows them. */
  readonly usage: string;
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
}

export interface OptionNode {
  /** As it is typed: `--data-dir`. Short names come first. */
  readonly names: readonly string[];
  /** The placeholder of its value, such as `<file>`; undefined where it takes none. */
  readonly value: string | undefined;
  /** The values it can have, where they are known. */
  readonly choices: readonly string[];
  readonly summary: string;
}

/** Of a program, and of each command below it. */
export function treeOf(command: Command): CommandNode {
  const help = command.createHelp();
  const below = help.visibleCommands(command).filter((each) => each.name() !== 'help' || command.parent === null);
  return {
    name: command.name(),
    summary: command.description(),
    usage: command.usage(),
    options: help.visibleOptions(command).map(optionOf),
    commands: below.map(treeOf),
  };
}

/** A command with the words that lead to it, beginning with that of the program. */
export interface PlacedCommand {
  readonly words: readonly string[];
  readonly command: CommandNode;
}

/** The command and all that are below it, each before its own. */
export function commandsOf(command: CommandNode, before: readonly string[] = []): readonly PlacedCommand[] {
  const words = [...before, command.name];
  return [{ words, command }, ...command.commands.flatMap((each) => commandsOf(each, words))];
}

function optionOf({ short, long, flags, description, required, optional, argChoices }: Option): OptionNode {
  return {
    names: [short, long].filter((name) => name !== undefined),
    value: required || optional ? /[<[].*/.exec(flags)?.[0] : undefined,
    choices: argChoices ?? [],
    summary: description,
  };
}
