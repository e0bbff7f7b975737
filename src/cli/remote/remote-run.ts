import type { Command } from 'commander';
import type { Client } from '../../client/index.ts';
import type { TransferFlag } from './flags.ts';
import type { RemoteLocation } from './location.ts';
import type { Output } from './output.ts';
import type { ProgressDisplay } from './progress.ts';
import type { RemoteSettings } from './settings.ts';

/** One run of a verb that works on servers: on a command line of its own, or as a command of a shell. */
export interface RemoteRun {
  /** What the flags say, and beside them the bookmark where there is one server alone. */
  readonly settings: RemoteSettings;
  readonly output: Output;
  /** Given when the user wants no more. */
  readonly signal: AbortSignal;
  readonly progress: ProgressDisplay;
  /**
   * All locations on servers that take part, which this must be told before a client is asked for.
   * @throws UsageError, ClientError for a word that names none
   */
  locations(words: readonly string[]): readonly RemoteLocation[];
  /** The same for one. */
  location(word: string): RemoteLocation;
  /** The client for the server of the location, the same one for the same login; whoever made the run closes it. */
  client(location: RemoteLocation): Promise<Client>;
}

export interface RemoteVerbOptions {
  /** Flags of transfers that it takes. */
  readonly transferFlags?: readonly TransferFlag[];
  /** How many connections to a server it may need for so many files at once. Default: one each. */
  readonly connectionsFor?: (parallel: number) => number;
  /** A command line with these flags goes on where it was when it is given again after Ctrl-C. */
  readonly resumeFlags?: readonly string[];
  /** Shown behind the help: whole command lines. */
  readonly examples?: string;
}

/** Makes a command that does `work`, with the arguments of the command, in a run. */
export type MakeVerb = (
  command: Command,
  options: RemoteVerbOptions,
  work: (run: RemoteRun, ...words: never[]) => Promise<void>,
) => Command;
