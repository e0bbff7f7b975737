import process from 'node:process';
import type { Command } from 'commander';
import { commandLineWith } from '../command-line.ts';
import { Ended } from '../ended.ts';
import { LocalError } from '../local-error.ts';
import { addRemoteFlags, type RunFlags } from './flags.ts';
import { Interruption } from './interruption.ts';
import { tellLeftBehind } from './left-behind.ts';
import { Output } from './output.ts';
import type { RemoteVerbOptions } from './remote-run.ts';
import { UrlRun } from './url-run.ts';

/**
 * Makes a verb that works on servers: adds the flags that all of these have, and does `work` with the arguments of the
 * command, in whose end all connections are closed and every failure is told.
 */
export function remoteVerb(
  command: Command,
  { transferFlags, connectionsFor, resumeFlags, examples = '' }: RemoteVerbOptions,
  work: (run: UrlRun, ...words: never[]) => Promise<void>,
): Command {
  addRemoteFlags(command, transferFlags);
  command.addHelpText('after', examples);
  return command.action(async (...given: unknown[]) => {
    using interruption = new Interruption();
    const output = new Output(command.opts<RunFlags>(), interruption.signal);
    try {
      await using run = await UrlRun.begin(command, output, interruption, connectionsFor);
      // Commander adds its options and itself.
      await work(run, ...(given.slice(0, -2) as never[]));
    } catch (error) {
      if (interruption.reason === undefined) throw await ended(error, output);
      const reason = interrupted(interruption.reason, output, resumeFlags);
      tellLeftBehind(error, output);
      throw reason;
    }
    // The last of the output may fail when all else is done.
    if (interruption.reason?.exit === 'local') throw interrupted(interruption.reason, output, resumeFlags);
  });
}

async function ended(error: unknown, output: Output): Promise<Ended> {
  return error instanceof Ended ? error : new Ended(await output.failure(error), error);
}

function interrupted(reason: Ended, output: Output, resumeFlags: readonly string[] | undefined): Ended {
  if (reason.exit === 'outputClosed') return reason;
  if (reason.cause instanceof LocalError) {
    output.say(`lockport: ${reason.cause.message}`);
    return reason;
  }
  output.say('lockport: interrupted');
  const words = process.argv.slice(2);
  if (resumeFlags?.every((flag) => words.includes(flag))) {
    output.note(`This goes on where it was: ${commandLineWith([], words)}`);
  }
  return reason;
}
