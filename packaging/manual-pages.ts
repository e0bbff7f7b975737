import type { CommandNode, OptionNode } from '../src/cli/completion/index.ts';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';

/** A manual page, by its file name: `lockport-sync.1`. */
export interface ManualPage {
  readonly file: string;
  readonly text: string;
}

/** A page for the program, one for each of its verbs, and one for each command below a verb. @param version of the package */
export function manualPages(program: CommandNode, version: string): readonly ManualPage[] {
  const pages = program.commands.flatMap((verb) => [
    verbPage(program, verb, version),
    ...verb.commands.map((each) => belowPage(program, verb, each, version)),
  ]);
  return [programPage(program, version), ...pages];
}

/** `lockport-user-add.1` */
function belowPage(program: CommandNode, verb: CommandNode, command: CommandNode, version: string): ManualPage {
  const name = `${program.name}-${verb.name}-${command.name}`;
  return page(name, version, [
    ...section('NAME', `${escaped(name)} \\- ${escaped(command.summary)}`),
    ...section('SYNOPSIS', `${bold(`${program.name} ${verb.name} ${command.name}`)} ${escaped(command.usage)}`),
    ...section('OPTIONS', ...command.options.map(optionEntry)),
    ...section('SEE ALSO', [program.name, `${program.name}-${verb.name}`].map(reference).join(', ')),
  ]);
}

function programPage(program: CommandNode, version: string): ManualPage {
  const verbs = program.commands.map(({ name, summary }) => entry(bold(name), summary));
  const codes = Object.values(EXIT_CODES).map(({ code, summary }) => entry(bold(String(code)), summary));
  return page(program.name, version, [
    ...section('NAME', `${program.name} \\- ${escaped(program.summary)}`),
    ...section('SYNOPSIS', `${bold(program.name)} ${escaped(program.usage)}`),
    ...section('COMMANDS', ...verbs),
    ...section('OPTIONS', ...program.options.map(optionEntry)),
    ...section('EXIT STATUS', ...codes),
    ...section('SEE ALSO', program.commands.map(({ name }) => reference(`${program.name}-${name}`)).join(', ')),
  ]);
}

function verbPage(program: CommandNode, verb: CommandNode, version: string): ManualPage {
  const name = `${program.name}-${verb.name}`;
  const synopsis = [verb, ...verb.commands.map((each) => ({ ...each, name: `${verb.name} ${each.name}` }))]
    .filter(({ commands }) => commands.length === 0)
    .map((each) => `${bold(`${program.name} ${each.name}`)} ${escaped(each.usage)}`);
  const below = verb.commands.flatMap((each) => [
    `.SS ${bold(`${verb.name} ${each.name}`)}`,
    `${escaped(each.summary)}.`,
    ...each.options.map(optionEntry),
  ]);
  return page(name, version, [
    ...section('NAME', `${escaped(name)} \\- ${escaped(verb.summary)}`),
    ...section('SYNOPSIS', synopsis.join('\n.br\n')),
    ...(below.length > 0 ? section('COMMANDS', ...below) : []),
    ...section('OPTIONS', ...verb.options.map(optionEntry)),
    ...section(
      'SEE ALSO',
      [program.name, ...verb.commands.map((each) => `${name}-${each.name}`)].map(reference).join(', '),
    ),
  ]);
}

function reference(page: string): string {
  return `${bold(page)}(1)`;
}

function page(name: string, version: string, lines: readonly string[]): ManualPage {
  const title = `.TH ${escaped(name.toUpperCase())} 1 "" "Lockport ${escaped(version)}" "User Commands"`;
  return { file: `${name}.1`, text: `${[title, ...lines].join('\n')}\n` };
}

function section(title: string, ...lines: readonly string[]): readonly string[] {
  return [`.SH ${title}`, ...lines];
}

function optionEntry({ names, value, choices, summary }: OptionNode): string {
  const label = `${names.map(bold).join(', ')}${value === undefined ? '' : ` ${escaped(value)}`}`;
  return entry(label, choices.length === 0 ? summary : `${summary} (${choices.join(', ')})`);
}

function entry(label: string, text: string): string {
  return `.TP\n${label}\n${escaped(text)}`;
}

function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** A period or an apostrophe at the beginning of a line would be a request of roff. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll(/^[.']/gm, '\\&$&');
}
