import process from 'node:process';
import { Argument, Command } from 'commander';
import { COMPLETIONS, treeOf } from '../completion/index.ts';
import { makeProgram } from '../make-program.ts';
import { versionLine } from '../version-line.ts';
import type { VerbGroup } from './verb-group.ts';

/** `lockport completion`. @param verbs those that can be completed */
export function completion(verbs: readonly VerbGroup[]): Command {
  const shell = new Argument('<shell>').choices(Object.keys(COMPLETIONS));
  return new Command('completion')
    .description('print a script that completes commands and flags in a shell')
    .addArgument(shell)
    .action(async (name: string) => {
      const program = await makeProgram(versionLine(), verbs);
      process.stdout.write(COMPLETIONS[name]?.(treeOf(program)) ?? '');
    });
}
