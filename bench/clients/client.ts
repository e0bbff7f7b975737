/** A program that moves files over FTPS, as a user would call it. */
export interface FtpClient {
  readonly name: string;
  readonly isOurs: boolean;
  /** @throws MissingProgram */
  version(): Promise<string>;
  /** The command that does the job once; it may write what it needs into `scratch`. */
  command(job: Job, account: ServerAccount, scratch: string): Promise<Command>;
}

/** What is to be moved. The remote path is relative to the directory of the login. */
export interface Job {
  readonly direction: 'down' | 'up';
  readonly what: 'file' | 'tree';
  readonly local: string;
  readonly remote: string;
  /** Of a tree: all of its files, by their paths below it. */
  readonly files: readonly string[];
  /** Files that may move at once. */
  readonly connections: number;
}

/** Where to sign in, with explicit TLS. */
export interface ServerAccount {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly certificateFile: string;
}

export interface Command {
  readonly words: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}
