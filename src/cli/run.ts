import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { Ended } from './ended.ts';
import { EXIT_CODES, exitCodesText } from './exit-codes.ts';
import { VERBS } from './verbs/index.ts';

/**
 * Carries out one command line. Gives the exit code, one of `EXIT_CODES`.
 * @param version what is printed where it is asked for
 */
export async function run(words: readonly string[], version: string): Promise<number> {
  const program = new Command('lockport')
    .description('Secure file transfer over FTPS: a server and a client')
    .version(version, '--version', 'print the version')
    .showHelpAfterError('(add --help for what is possible)')
    .addHelpText('after', exitCodesText);
  for (const { title, load } of verbsFor(words[0])) program.addCommand((await load())().helpGroup(`${title}:`));
  program.addHelpCommand(
    new Command('help').argument('[command]').description('print the help of a command').helpGroup('About:'),
  );
  program.commands.forEach(endByThrowing);
  endByThrowing(program);
  // Whoever reads the output may have enough of it: no verb fails for that alone.
  process.stdout.on('error', () => undefined);
  try {
    await program.parseAsync(words, { from: 'user' });
    return EXIT_CODES.done.code;
  } catch (error) {
    // Commander has printed its help or its complaint.
    if (error instanceof CommanderError) return EXIT_CODES[error.exitCode === 0 ? 'done' : 'usage'].code;
    if (error instanceof Ended) return EXIT_CODES[error.exit].code;
    const { describeFailure } = await import('./failures.ts');
    const { message, exit } = await describeFailure(error);
    process.stderr.write(`lockport: ${message}\n`);
    return EXIT_CODES[exit].code;
  }
}

/** The verb of this name alone; all of them where there is none: for the help, and for what may have been meant. */
function verbsFor(name: string | undefined) {
  const all = VERBS.flatMap(({ title, verbs }) => Object.entries(verbs).map(([verb, load]) => ({ title, verb, load })));
  const asked = all.filter(({ verb }) => verb === name);
  return asked.length > 0 ? asked : all;
}

/** Commander would end the process itself, and give each command its own idea of how. */
function endByThrowing(command: Command): void {
  command.exitOverride();
  command.commands.forEach(endByThrowing);
}
