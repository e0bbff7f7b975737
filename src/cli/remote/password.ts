import { readFile, stat } from 'node:fs/promises';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { askHidden } from '../hidden-answer.ts';
import { localError } from '../local-error.ts';
import { UsageError } from '../usage-error.ts';
import { findLogin, type NetrcEntry, parseNetrc } from './netrc.ts';

/** Who signs in, and with what. */
export interface RemoteLogin {
  readonly user: string;
  /** Undefined: none is needed. A function asks for it, once; it throws UsageError where there is nobody to ask. */
  readonly password: string | (() => Promise<string>) | undefined;
  readonly account?: string;
}

/** What is known of a login before anybody is asked. */
export interface LoginHints {
  readonly host: string;
  /** By flag, bookmark or URL. */
  readonly user: string | undefined;
  /** Who signs in where nobody is named. */
  readonly usualUser: string;
  /** The URL's. */
  readonly password: string | undefined;
  /** A certificate may do in place of a password. */
  readonly hasCertificate: boolean;
  /** Whether no other server takes part: then a password that names no server is meant for this one. */
  readonly isOnlyServer: boolean;
}

export interface LoginSourcesOptions {
  /** `--password-stdin` */
  readonly usesInput: boolean;
  readonly netrc: string;
  readonly warn: (message: string) => void;
}

/** Where logins come from, in this order: standard input, LOCKPORT_PASSWORD, .netrc, the URL, a question. */
export class LoginSources {
  readonly #options: LoginSourcesOptions;
  #inputLines: Promise<string[]> | undefined;
  #netrc: Promise<readonly NetrcEntry[]> | undefined;

  constructor(options: LoginSourcesOptions) {
    this.#options = options;
  }

  /** @throws UsageError where a password is given that can be none */
  async find(hints: LoginHints): Promise<RemoteLogin> {
    const entry = findLogin(await this.#netrcEntries(), hints.host, hints.user);
    const user = hints.user ?? entry?.login ?? hints.usualUser;
    const account = entry?.account === undefined ? {} : { account: entry.account };
    const password =
      (await this.#fromInput()) ??
      (hints.isOnlyServer ? passwordOfEnvironment() : undefined) ??
      entry?.password ??
      this.#fromUrl(hints.password);
    if (password !== undefined || user === 'anonymous' || hints.hasCertificate) return { user, password, ...account };
    let answer: Promise<string> | undefined;
    return { user, password: () => (answer ??= ask(user, hints.host)), ...account };
  }

  /** One line a server. */
  async #fromInput(): Promise<string | undefined> {
    if (!this.#options.usesInput) return undefined;
    this.#inputLines ??= text(process.stdin).then((all) => all.split(/\r?\n/));
    const line = (await this.#inputLines).shift();
    if (line === undefined) throw new UsageError('--password-stdin: standard input has no line for this server');
    if (line === '') throw new UsageError('The password is empty: so is its line of standard input');
    return line;
  }

  #fromUrl(password: string | undefined): string | undefined {
    if (password !== undefined) {
      this.#options.warn(
        'The password in the URL can be read in the list of processes and in the history of the shell; ' +
          'LOCKPORT_PASSWORD, .netrc and --password-stdin keep it to yourself',
      );
    }
    return password;
  }

  #netrcEntries(): Promise<readonly NetrcEntry[]> {
    this.#netrc ??= this.#readNetrc(this.#options.netrc);
    return this.#netrc;
  }

  async #readNetrc(file: string): Promise<readonly NetrcEntry[]> {
    try {
      const entries = parseNetrc(await readFile(file, 'utf8'));
      const { mode } = await stat(file);
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        this.#options.warn(`${file} can be read by others; "chmod 600" makes it yours alone`);
      }
      return entries;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error instanceof UsageError ? error : localError(file, error);
    }
  }
}

function passwordOfEnvironment(): string | undefined {
  const password = process.env['LOCKPORT_PASSWORD'];
  if (password === '') throw new UsageError('The password is empty: LOCKPORT_PASSWORD is set, but to nothing');
  return password;
}

async function ask(user: string, host: string): Promise<string> {
  if (process.stdin.isTTY) return askHidden(`Password of ${user} at ${host}: `, process);
  throw new UsageError(
    `No password for ${user} at ${host}, and no terminal to ask for it. Give it by --password-stdin, by the environment ` +
      'variable LOCKPORT_PASSWORD, or in .netrc',
  );
}
