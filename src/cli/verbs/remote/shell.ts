import process from 'node:process';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { printable } from '../../../core/index.ts';
import { Ended } from '../../ended.ts';
import type { ExitName } from '../../exit-codes.ts';
import { pathFrom } from '../../remote/location.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import type { UrlRun } from '../../remote/url-run.ts';
import { userFiles } from '../../remote/user-files.ts';
import { SHELL_COMMANDS } from '../../shell/commands.ts';
import { type Completion, complete } from '../../shell/completion.ts';
import { execute, optionsOf } from '../../shell/execute.ts';
import { History } from '../../shell/history.ts';
import { localNames } from '../../shell/local-names.ts';
import { ShellSession } from '../../shell/session.ts';
import { typedLines } from '../../shell/terminal.ts';
import { UsageError } from '../../usage-error.ts';

interface ShellFlags {
  readonly keepGoing?: boolean;
  readonly passwordStdin?: boolean;
}

/** `lockport shell` */
export function shell(): Command {
  const command = new Command('shell')
    .description('work on a server: many commands, one login; from a terminal, or from a script on standard input')
    .argument('<url>', 'where to begin')
    .option('--keep-going', 'carry out the rest of a script when a command of it failed');
  return remoteVerb(
    command,
    { transferFlags: ['parallel', 'limitRate'], examples: EXAMPLES },
    async (run: UrlRun, url: string) => {
      const { keepGoing = false, passwordStdin } = command.opts<ShellFlags>();
      if (passwordStdin) {
        throw new UsageError(
          "Standard input can't be both the commands and the password; use LOCKPORT_PASSWORD or .netrc",
        );
      }
      const location = run.location(url);
      const session = new ShellSession(run, location, await run.client(location));
      if (location.path !== '') await session.changeDirectory(location.path, run.signal);
      if (process.stdin.isTTY && process.stdout.isTTY) await converse(run, session);
      else await carryOut(run, session, keepGoing);
    },
  );
}

const EXAMPLES = `
At the prompt, "help" shows the commands. Words with spaces stand in quotes; Tab completes commands, options and names on
both sides. Ctrl-C ends what runs, Ctrl-D leaves.

Example of a script, which ends at the first failure and with its exit code:
  printf '%s\\n' 'cd out' 'mget *.csv' 'rm *.csv' | lockport shell ftpes://me@bank.example`;

/** At a terminal: failures are told, and the session goes on. */
async function converse(run: UrlRun, session: ShellSession): Promise<void> {
  const { host, tls, ssh } = session.client.server;
  const protection = tls ? ` (${tls.version})` : ssh ? ` (SSH, ${ssh.cipher})` : ' in clear';
  run.output.note(`Connected to ${host}${protection}. "help" shows the commands, Ctrl-D leaves.`);
  const lines = typedLines({
    prompt: () => `${host}:${printable(session.directory)}> `,
    complete: (line) => completionFor(session, line),
    history: await historyOrNone(run),
  });
  for await (const line of lines) {
    await run.interruption.ofPart((signal) => execute(session, line, signal));
    run.signal.throwIfAborted();
    if (session.isOver) return;
  }
}

/** @throws Ended with the first failure, or `partly` where one did not end it */
async function carryOut(run: UrlRun, session: ShellSession, isKeptGoing: boolean): Promise<void> {
  let worst: ExitName = 'done';
  let number = 0;
  for await (const line of createInterface({ input: process.stdin, terminal: false })) {
    number += 1;
    const exit = await execute(session, line, run.signal);
    run.signal.throwIfAborted();
    if (exit !== 'done') {
      run.output.note(`lockport: line ${number} failed: ${printable(line)}`);
      if (!isKeptGoing) throw new Ended(exit);
      worst = 'partly';
    }
    if (session.isOver) break;
  }
  if (worst !== 'done') throw new Ended(worst);
}

/** A session without a history is better than none. */
async function historyOrNone(run: UrlRun): Promise<History | undefined> {
  try {
    return await History.open(userFiles().history);
  } catch (error) {
    run.output.warn(`No history: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function completionFor(session: ShellSession, line: string): Promise<Completion> {
  return complete(line, {
    commands: [...Object.keys(SHELL_COMMANDS), 'help', 'quit'].sort(),
    kinds: (command) => SHELL_COMMANDS[command]?.kinds ?? (command === 'help' ? ['command'] : []),
    options: (command) => optionsOf(session, command),
    async names(side, directory) {
      if (side === 'local') return localNames(directory).catch(() => []);
      return session.names.of(session.client.resolve(pathFrom(session.directory, directory)));
    },
  });
}
