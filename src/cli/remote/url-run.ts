import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { type Client, type ConnectOptions, connect } from '../../client/index.ts';
import { UsageError } from '../usage-error.ts';
import { type Bookmark, readBookmarks } from './bookmarks.ts';
import { connectOptions } from './connect-options.ts';
import { conversationLines } from './conversation.ts';
import { type RunFlags, settingsOf } from './flags.ts';
import type { Interruption } from './interruption.ts';
import { locationOf, type RemoteLocation, serverKey } from './location.ts';
import type { Output } from './output.ts';
import { LoginSources } from './password.ts';
import { ProgressDisplay } from './progress.ts';
import type { RemoteRun, RemoteVerbOptions } from './remote-run.ts';
import type { RemoteSettings } from './settings.ts';
import { userFiles } from './user-files.ts';

/** All of one connection: more than any verb needs at once. */
const SSH_SESSIONS = 130;

/** A run of one command line, whose words name servers by URLs and bookmarks. Its end closes all connections. */
export class UrlRun implements RemoteRun, AsyncDisposable {
  readonly output: Output;
  readonly interruption: Interruption;
  readonly progress: ProgressDisplay;
  readonly #bookmarks: ReadonlyMap<string, Bookmark>;
  readonly #flags: RunFlags;
  readonly #given: RemoteSettings;
  readonly #logins: LoginSources;
  readonly #connectionsFor: NonNullable<RemoteVerbOptions['connectionsFor']>;
  readonly #clients = new Map<string, Promise<Client>>();
  #locations: readonly RemoteLocation[] = [];

  private constructor(
    command: Command,
    output: Output,
    interruption: Interruption,
    bookmarks: ReadonlyMap<string, Bookmark>,
    connectionsFor: RemoteVerbOptions['connectionsFor'],
  ) {
    this.#flags = command.opts<RunFlags>();
    this.#given = settingsOf(command);
    this.output = output;
    this.interruption = interruption;
    this.#bookmarks = bookmarks;
    this.#connectionsFor = connectionsFor ?? ((parallel) => parallel);
    this.progress = new ProgressDisplay(output);
    const usesInput = this.#flags.passwordStdin === true;
    this.#logins = new LoginSources({ usesInput, netrc: userFiles().netrc, warn: (message) => output.warn(message) });
  }

  /** @throws UsageError for flags and bookmarks that can't be */
  static async begin(
    command: Command,
    output: Output,
    interruption: Interruption,
    connectionsFor?: RemoteVerbOptions['connectionsFor'],
  ): Promise<UrlRun> {
    const bookmarks = await readBookmarks(userFiles().bookmarks);
    const run = new UrlRun(command, output, interruption, bookmarks, connectionsFor);
    if (run.#flags.insecure) output.say(INSECURE);
    return run;
  }

  get signal(): AbortSignal {
    return this.interruption.signal;
  }

  get settings(): RemoteSettings {
    const [location] = this.#locations;
    return { ...(this.#hasOneServer && location?.settings), ...this.#given };
  }

  locations(words: readonly string[]): readonly RemoteLocation[] {
    this.#locations = words.map((word) => locationOf(word, this.#bookmarks));
    if (!this.#hasOneServer && this.#given.user !== undefined) {
      throw new UsageError('--user: there are several servers; write the users into the URLs');
    }
    return this.#locations;
  }

  location(word: string): RemoteLocation {
    const [location] = this.locations([word]);
    return location ?? locationOf(word, this.#bookmarks);
  }

  client(location: RemoteLocation): Promise<Client> {
    const key = serverKey(location);
    const client = this.#clients.get(key) ?? this.#connect(location);
    this.#clients.set(key, client);
    return client;
  }

  /** How the server of the location is reached. @throws UsageError, LocalError */
  async optionsFor(location: RemoteLocation): Promise<ConnectOptions> {
    const settings = { ...location.settings, ...this.#given };
    const isSsh = location.target.security === 'ssh';
    const options = await connectOptions(location, settings, this.#flags, userFiles().knownServers);
    const { user, password, account } = await this.#logins.find({
      host: options.host,
      user: this.#given.user ?? location.target.user ?? location.settings.user,
      password: location.target.password,
      usualUser: isSsh ? userInfo().username : 'anonymous',
      hasCertificate: !isSsh && settings.cert !== undefined,
      isOnlyServer: this.#hasOneServer,
    });
    return {
      ...options,
      connections: isSsh ? SSH_SESSIONS : this.#connectionsFor(settings.parallel ?? 1),
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

  get #hasOneServer(): boolean {
    return new Set(this.#locations.map(serverKey)).size === 1;
  }

  async #connect(location: RemoteLocation): Promise<Client> {
    return connect(await this.optionsFor(location));
  }
}

const INSECURE = `lockport: WARNING: --insecure: nobody checks who the server is. Whoever stands in between can read and change
lockport: WARNING: the password and every file. Use --pin or --trust-on-first-use instead.`;
