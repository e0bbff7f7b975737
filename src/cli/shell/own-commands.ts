import { homedir } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { localError } from '../local-error.ts';
import { sendSite } from '../verbs/remote/site.ts';
import { localNames } from './local-names.ts';
import type { CommandRun, ShellSession } from './session.ts';

/** Where a command runs. */
export interface Scene {
  readonly session: ShellSession;
  readonly run: CommandRun;
}

export function cd({ session, run }: Scene): Command {
  return new Command('cd')
    .description('go to a directory of the server; without one, to that of the login')
    .argument('[directory]')
    .action(async (word?: string) => {
      await session.changeDirectory(word === undefined ? session.client.home : run.location(word).path, run.signal);
    });
}

export function pwd({ session, run }: Scene): Command {
  return new Command('pwd').description('print the directory of the server').action(async () => {
    await run.output.result({ directory: session.directory }, session.directory);
  });
}

export function site({ session: { client }, run }: Scene): Command {
  return new Command('site')
    .description('send a SITE command, and print the reply')
    .argument('<command...>', 'its words, such as CHMOD 640 report.csv')
    .action((words: readonly string[]) => sendSite(run, client, words));
}

export function lcd({ run }: Scene): Command {
  return new Command('lcd')
    .description('go to a directory here; without one, to your home')
    .argument('[directory]')
    .action(async (directory: string = homedir()) => {
      try {
        process.chdir(directory);
      } catch (error) {
        throw localError(directory, error);
      }
      await run.output.result({ localDirectory: process.cwd() });
    });
}

export function lls({ run }: Scene): Command {
  return new Command('lls')
    .description('list a directory here')
    .argument('[directory]')
    .action(async (directory = '.') => {
      for (const { name, kind } of await localNames(directory)) {
        await run.output.result({ name, kind }, kind === 'directory' ? `${name}/` : name);
      }
    });
}

export function lpwd({ run }: Scene): Command {
  return new Command('lpwd').description('print the directory here').action(async () => {
    await run.output.result({ localDirectory: process.cwd() }, process.cwd());
  });
}

export function exit({ session }: Scene): Command {
  return new Command('exit')
    .alias('quit')
    .description('leave; so does Ctrl-D')
    .action(() => {
      session.isOver = true;
    });
}
