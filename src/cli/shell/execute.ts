import { Command, CommanderError, type HelpConfiguration } from 'commander';
import { printable } from '../../core/index.ts';
import { Ended } from '../ended.ts';
import type { ExitName } from '../exit-codes.ts';
import { tellLeftBehind } from '../remote/left-behind.ts';
import type { Output } from '../remote/output.ts';
import type { MakeVerb } from '../remote/remote-run.ts';
import { formatTable } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { SHELL_COMMANDS } from './commands.ts';
import type { CommandRun, ShellSession } from './session.ts';
import { wordsOf } from './words.ts';

/** Carries out one line of a shell. What fails is told, and leaves the session as it is. */
export async function execute(session: ShellSession, line: string, signal: AbortSignal): Promise<ExitName> {
  const output = session.output.ofPart(signal);
  try {
    const words = wordsOf(line);
    if (words.length === 0) return 'done';
    using run = session.runOf(words, output, signal);
    const texts = words.map(({ text }) => text);
    await programOf(session, run).parseAsync(texts, { from: 'user' });
    return 'done';
  } catch (error) {
    return await told(error, output, signal);
  } finally {
    session.names.forget();
  }
}

/** The options of a command of the shell, as `--long`. */
export function optionsOf(session: ShellSession, name: string): readonly string[] {
  const signal = AbortSignal.abort();
  using run = session.runOf([], session.output.ofPart(signal), signal);
  const command = programOf(session, run).commands.find((command) => command.name() === name);
  return command?.options.flatMap(({ long }) => (long ? [long] : [])) ?? [];
}

async function told(error: unknown, output: Output, { reason }: AbortSignal): Promise<ExitName> {
  if (reason instanceof Ended) {
    if (reason.exit === 'interrupted') output.say('lockport: interrupted');
    tellLeftBehind(error, output);
    return reason.exit;
  }
  // Commander has printed its help or its complaint.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'done' : 'usage';
  if (error instanceof Ended) return error.exit;
  return output.failure(error);
}

/** Made anew for each line: Commander keeps what it has read in its commands. */
function programOf(session: ShellSession, run: CommandRun): Command {
  const program = new Command('')
    .helpOption(false)
    .helpCommand(false)
    .exitOverride()
    .configureHelp(HELP)
    .configureOutput({ outputError: (text) => run.output.say(`lockport: ${complaint(text)}`) });
  const make: MakeVerb = (command, _options, work) =>
    command.action((...given: unknown[]) => work(run, ...(given.slice(0, -2) as never[])));
  const commands = Object.values(SHELL_COMMANDS).map((entry) => entry.make({ session, run }, make).usage(entry.usage));
  for (const command of [...commands, help(program, run)]) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

function help(program: Command, { output }: CommandRun): Command {
  return new Command('help')
    .description('print the commands, or the help of one')
    .argument('[command]')
    .usage('[command]')
    .action(async (name?: string) => {
      const text = name === undefined ? overview(program) : helpOf(program, name);
      await output.result({ help: text }, ...text.trimEnd().split('\n'));
    });
}

function overview({ commands }: Command): string {
  const table = formatTable(commands.map((command) => [command.name(), command.description()]));
  return `${table}"help COMMAND" shows its words and options.`;
}

function helpOf({ commands }: Command, name: string): string {
  const command = commands.find((command) => command.name() === name || command.alias() === name);
  if (!command) throw new UsageError(`There is no command ${printable(name)}; "help" shows them`);
  return command.helpInformation();
}

function titleOf(command: Command): string {
  return `${command.name()} ${command.usage()}`.trim();
}

const HELP: HelpConfiguration = { commandUsage: titleOf, visibleArguments: () => [] };

/** Commander's own words, in one line. */
function complaint(text: string): string {
  return printable(
    text
      .replace(/^error: /, '')
      .trim()
      .replaceAll('\n', ' '),
  );
}
