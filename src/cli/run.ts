import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { describeFailure } from './failures.ts';
import { VERBS } from './verbs/index.ts';
import { versionLine } from './verbs/version.ts';

/**
 * Carries out one command line. Gives the exit code: 0 done, 1 failed, 2 wrong usage or configuration.
 */
export async function run(words: readonly string[]): Promise<number> {
  const program = new Command('lockport')
    .description('Secure file transfer: an FTPS server')
    .version(versionLine(), '--version', 'print the version')
    .showHelpAfterError('(add --help for what is possible)');
  for (const verb of VERBS) program.addCommand(verb());
  program.commands.forEach(endByThrowing);
  endByThrowing(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed its help or its complaint.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    const { message, exitCode } = describeFailure(error);
    process.stderr.write(`lockport: ${message}\n`);
    return exitCode;
  }
}

const USAGE = 2;

/** Commander would end the process itself, and give each command its own idea of how. */
function endByThrowing(command: Command): void {
  command.exitOverride();
  command.commands.forEach(endByThrowing);
}
