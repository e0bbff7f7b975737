import { type Client, ClientError } from '../../client/index.ts';
import type { VirtualPath } from '../../core/index.ts';
import { pathFrom, type RemoteLocation } from '../remote/location.ts';
import type { Output } from '../remote/output.ts';
import { ProgressDisplay } from '../remote/progress.ts';
import type { RemoteRun } from '../remote/remote-run.ts';
import type { RemoteSettings } from '../remote/settings.ts';
import { UsageError } from '../usage-error.ts';
import { RemoteNames } from './remote-names.ts';
import type { ShellWord } from './words.ts';

/** An interactive shell: its client, and the current directory on the server. */
export class ShellSession {
  readonly client: Client;
  readonly names: RemoteNames;
  /** What paths on the server begin at. */
  directory: VirtualPath;
  /** `exit` was said. */
  isOver = false;
  /** The run that the shell is, for those that its commands are. */
  readonly #run: RemoteRun;
  readonly #server: RemoteLocation;

  constructor(run: RemoteRun, server: RemoteLocation, client: Client) {
    this.client = client;
    this.names = new RemoteNames(client);
    this.directory = client.home;
    this.#run = run;
    this.#server = server;
  }

  get output(): Output {
    return this.#run.output;
  }

  /** @throws ClientError `not-found` where there is no such directory */
  async changeDirectory(path: string, signal: AbortSignal): Promise<void> {
    const directory = this.client.resolve(path);
    const { kind } = await this.client.stat(directory, { signal });
    if (kind === 'file' || kind === 'other') {
      throw new ClientError('not-found', `${directory} is no directory`, { phase: 'command' });
    }
    this.directory = directory;
  }

  /** The run of one command, whose words are paths. */
  runOf(words: readonly ShellWord[], output: Output, signal: AbortSignal): CommandRun {
    const { settings } = this.#run;
    return new CommandRun({ session: this, server: this.#server, words, settings, output, signal });
  }
}

interface CommandRunFacts extends Pick<RemoteRun, 'settings' | 'output' | 'signal'> {
  readonly session: ShellSession;
  readonly server: RemoteLocation;
  readonly words: readonly ShellWord[];
}

/** A run of one command of a shell. */
class CommandRun implements RemoteRun, Disposable {
  readonly settings: RemoteSettings;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly progress: ProgressDisplay;
  readonly #session: ShellSession;
  readonly #server: RemoteLocation;
  readonly #words: readonly ShellWord[];

  constructor({ session, server, words, settings, output, signal }: CommandRunFacts) {
    this.settings = settings;
    this.output = output;
    this.signal = signal;
    this.progress = new ProgressDisplay(output);
    this.#session = session;
    this.#server = server;
    this.#words = words;
  }

  locations(words: readonly string[]): readonly RemoteLocation[] {
    return words.map((word) => this.location(word));
  }

  location(word: string): RemoteLocation {
    if (word === '') throw new UsageError('An empty word names nothing');
    const base = `${this.#session.directory}/`.replace('//', '/');
    const pattern = pathFrom(base, this.patternOf(word));
    const { target, settings } = this.#server;
    return { target, settings, path: pathFrom(base, word), written: word, base, pattern };
  }

  async client(): Promise<Client> {
    return this.#session.client;
  }

  /** How the word was typed, as a pattern. */
  patternOf(word: string): string {
    return this.#words.find(({ text }) => text === word)?.pattern ?? word;
  }

  [Symbol.dispose](): void {
    this.progress[Symbol.dispose]();
  }
}

export type { CommandRun };
