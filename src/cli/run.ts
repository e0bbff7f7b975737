import process from 'node:process';
import { type Command, CommanderError } from 'commander';
import { Ended } from './ended.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { makeProgram } from './make-program.ts';
import { VERBS } from './verbs/index.ts';
import type { VerbGroup } from './verbs/verb-group.ts';

/**
 * Carries out one command line. Gives the exit code, one of `EXIT_CODES`.
 * @param version what is printed where it is asked for
 */
export async function run(words: readonly string[], version: string): Promise<number> {
  const program = await makeProgram(version, verbsFor(words[0]));
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
function verbsFor(name = ''): readonly VerbGroup[] {
  const group = VERBS.find(({ verbs }) => Object.hasOwn(verbs, name));
  const load = group?.verbs[name];
  return group && load ? [{ title: group.title, verbs: { [name]: load } }] : VERBS;
}

/** Commander would end the process itself, and give each command its own idea of how. */
function endByThrowing(command: Command): void {
  command.exitOverride();
  command.commands.forEach(endByThrowing);
}
