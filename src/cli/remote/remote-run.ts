import process from 'node:process';
import type { Command } from 'commander';
import { type Client, type ConnectOptions, connect } from '../../client/index.ts';
import { commandLineWith } from '../command-line.ts';
import { Ended } from '../ended.ts';
import { UsageError } from '../usage-error.ts';
import { type Bookmark, readBookmarks } from './bookmarks.ts';
import { connectOptions } from './connect-options.ts';
import { conversationLines } from './conversation.ts';
import { addRemoteFlags, type RunFlags, settingsOf } from './flags.ts';
import { Interruption } from './interruption.ts';
import { Output } from './output.ts';
import { LoginSources } from './password.ts';
import { placeOf, type RemotePlace, serverKey } from './place.ts';
import { ProgressDisplay } from './progress.ts';
import type { RemoteSettings } from './settings.ts';
import { userFiles } from './user-files.ts';

export interface RemoteVerbOptions {
  /** Takes the flags of transfers. */
  readonly transfers?: boolean;
  /** After Ctrl-C the same command line with these flags goes on. */
  readonly resumeFlags?: readonly string[];
}

/**
 * Makes a verb that works on servers: adds the flags that all of these have, and does `work` with the arguments of the
 * command, in whose end all connections are closed and every failure is told.
 */
export function remoteVerb(
  command: Command,
  { transfers = false, resumeFlags }: RemoteVerbOptions,
  work: (run: RemoteRun, ...words: never[]) => Promise<void>,
): Command {
  addRemoteFlags(command, { transfers });
  return command.action(async (...given: unknown[]) => {
    using interruption = new Interruption();
    const output = new Output(command.opts<RunFlags>(), interruption.signal);
    try {
      await using run = await RemoteRun.begin(command, output, interruption.signal);
      // Commander adds its options and itself.
      await work(run, ...(given.slice(0, -2) as never[]));
    } catch (error) {
      throw interruption.reason ? interrupted(interruption.reason, output, resumeFlags) : await ended(error, output);
    }
  });
}

async function ended(error: unknown, output: Output): Promise<Ended> {
  return error instanceof Ended ? error : new Ended(await output.failure(error), error);
}

function interrupted(reason: Ended, output: Output, resumeFlags: readonly string[] | undefined): Ended {
  if (reason.exit === 'outputClosed') return reason;
  output.say('lockport: interrupted');
  if (resumeFlags) output.note(`This goes on where it was: ${commandLineWith(resumeFlags, process.argv.slice(2))}`);
  return reason;
}

/** One run of a verb that works on servers. */
export class RemoteRun implements AsyncDisposable {
  /** What the flags say of every server that takes part. */
  readonly settings: RemoteSettings;
  readonly output: Output;
  /** Given when the user wants no more. */
  readonly signal: AbortSignal;
  readonly progress: ProgressDisplay;
  readonly #bookmarks: ReadonlyMap<string, Bookmark>;
  readonly #flags: RunFlags;
  readonly #logins: LoginSources;
  readonly #clients = new Map<string, Promise<Client>>();
  #servers = new Set<string>();

  private constructor(command: Command, output: Output, signal: AbortSignal, bookmarks: ReadonlyMap<string, Bookmark>) {
    this.#flags = command.opts<RunFlags>();
    this.settings = settingsOf(command);
    this.output = output;
    this.signal = signal;
    this.#bookmarks = bookmarks;
    this.progress = new ProgressDisplay(output);
    const usesInput = this.#flags.passwordStdin === true;
    this.#logins = new LoginSources({ usesInput, netrc: userFiles().netrc, warn: (message) => output.warn(message) });
  }

  /** @throws UsageError for flags and bookmarks that can't be */
  static async begin(command: Command, output: Output, signal: AbortSignal): Promise<RemoteRun> {
    const run = new RemoteRun(command, output, signal, await readBookmarks(userFiles().bookmarks));
    if (run.#flags.insecure) output.say(INSECURE);
    return run;
  }

  /**
   * All places on servers that take part, which this must be told before a client is asked for.
   * @throws UsageError, ClientError for a word that names none
   */
  places(words: readonly string[]): readonly RemotePlace[] {
    const places = words.map((word) => placeOf(word, this.#bookmarks));
    this.#servers = new Set(places.map(serverKey));
    if (this.#servers.size > 1 && this.settings.user !== undefined) {
      throw new UsageError('--user: there are several servers; write the users into the URLs');
    }
    return places;
  }

  /** The same for one. */
  place(word: string): RemotePlace {
    const [place] = this.places([word]);
    return place ?? placeOf(word, this.#bookmarks);
  }

  /** The client for the server of the place, the same one for the same login; it is closed with the run. */
  client(place: RemotePlace): Promise<Client> {
    const key = serverKey(place);
    const client = this.#clients.get(key) ?? this.#connect(place);
    this.#clients.set(key, client);
    return client;
  }

  /** How the server of the place is reached. @throws UsageError, LocalError */
  async optionsFor(place: RemotePlace): Promise<ConnectOptions> {
    const settings = { ...place.settings, ...this.settings };
    const options = await connectOptions(place, settings, this.#flags, userFiles().knownServers);
    const { user, password, account } = await this.#logins.find({
      host: options.host,
      user: this.settings.user ?? place.target.user ?? place.settings.user,
      password: place.target.password,
      hasCertificate: settings.cert !== undefined,
      isOnlyServer: this.#servers.size <= 1,
    });
    return {
      ...options,
      user,
      ...(password !== undefined && { password }),
      ...(account !== undefined && { account }),
      ...(this.#flags.verbose && { log: (entry) => conversationLines(entry).forEach((line) => this.output.say(line)) }),
      signal: this.signal,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.progress[Symbol.dispose]();
    const clients = await Promise.allSettled(this.#clients.values());
    await Promise.all(clients.flatMap((client) => (client.status === 'fulfilled' ? [client.value.close()] : [])));
  }

  async #connect(place: RemotePlace): Promise<Client> {
    return connect(await this.optionsFor(place));
  }
}

const INSECURE = `lockport: WARNING: --insecure: nobody checks who the server is. Whoever stands in between can read and change
lockport: WARNING: the password and every file. Use --pin or --trust-on-first-use instead.`;
