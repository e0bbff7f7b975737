import { StorageError } from '../../../core/index.ts';
import { filled } from '../../../operations/index.ts';
import type { GateCommandSettings } from '../../configuration/index.ts';
import type { SystemUser } from '../../privileges.ts';
import { checkProgram, runProgram } from '../../rules/index.ts';
import { type Judge, JudgeError } from '../judge.ts';

/** The exit codes of programs that scan a file, ClamAV's among them, and one more. */
const ACCEPT = 0;
const REFUSE = 1;
const QUARANTINE = 3;

/**
 * Asks a program, which gets the content on its standard input. Its exit code is the verdict, and the first of what it
 * writes the reason.
 * @throws StartError where there is no such program
 */
export async function commandJudge(
  { run }: GateCommandSettings,
  {
    gate,
    timeoutMs,
    user,
  }: { readonly gate: string; readonly timeoutMs: number; readonly user?: SystemUser | undefined },
): Promise<Judge> {
  const [program = '', ...templates] = run;
  await checkProgram(program, `the gate ${gate}`);
  return {
    async judge({ about, read }, signal) {
      const args = templates.map((template) => filled(template, about));
      const content = read();
      try {
        const { code, how, output, errors } = await runProgram({
          program,
          args,
          input: content,
          timeoutMs,
          signal,
          user,
        });
        signal.throwIfAborted();
        // For the program it ended there. One that does not read to the end breaks the pipe, which is no failure of the content.
        const { errored: cause } = content;
        if (cause instanceof StorageError) throw new JudgeError(`the file can't be read: ${cause.message}`, { cause });
        if (code === ACCEPT) return { verdict: 'accept' };
        if (code === REFUSE) return { verdict: 'refuse', reason: output };
        if (code === QUARANTINE) return { verdict: 'quarantine', reason: output };
        const shown = errors === '' ? output : errors;
        throw new JudgeError(`${program}: ${how}${shown === '' ? '' : `: ${shown}`}`);
      } finally {
        content.destroy();
      }
    },
  };
}
