import type { Readable, Writable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { clear, comingBack, currentDirectory, downloadAll, enterMade, removeWhole, uploadAll } from './directories.ts';
import type { FileInfo } from './file-info.ts';
import { FTPContext } from './ftp-context.ts';
import { FTPError, type FTPResponse } from './ftp-error.ts';
import type { UploadOptions } from './local-file.ts';
import { OperationQueue } from './operation-queue.ts';
import type { AccessOptions, ClientOptions, RawListParser, TransferStrategy } from './options.ts';
import { parseList } from './parse-list.ts';
import { enterOwnPassiveModeIPv4, enterPassiveModeIPv4, enterPassiveModeIPv6, firstThatWorks } from './passive-mode.ts';
import { type ProgressHandler, ProgressTracker } from './progress-tracker.ts';
import { featuresOf, fileSize, modificationTime } from './replies.ts';
import { expectFailure, Transfers } from './transfers.ts';

/**
 * basic-ftp's client: one connection, with a working directory that `cd` and `ensureDir` change for all later calls.
 * Calls run one after another, in the order in which they were made. FTPError is what the server refused, and the client
 * goes on; other errors of the connection close it, and `access` opens it again.
 */
export class Client {
  /** Makes the data connection of the next transfer. */
  prepareTransfer: TransferStrategy;
  parseList: RawListParser = parseList;
  /** Tried in this order; the one that works is kept. */
  availableListCommands: string[] = [...plainListCommands];
  /** The conversation underneath. */
  readonly ftp: FTPContext;
  readonly #options: ClientOptions;
  readonly #progress = new ProgressTracker();
  readonly #operations = new OperationQueue();
  readonly #transfers = new Transfers(this, this.#progress);

  /** @param timeout milliseconds that the server may keep us waiting; 0 for any time */
  constructor(timeout = 30_000, options: Partial<ClientOptions> = {}) {
    this.ftp = new FTPContext(timeout);
    this.#options = { allowSeparateTransferHost: false, maxListingBytes: 40 * 1024 * 1024, ...options };
    const passive = this.#options.allowSeparateTransferHost ? enterPassiveModeIPv4 : enterOwnPassiveModeIPv4;
    this.prepareTransfer = firstThatWorks([enterPassiveModeIPv6, passive], (found) => {
      this.prepareTransfer = found;
    });
  }

  /** Ends the connection at once; what is under way fails. `access` and `connect` open another one. */
  close(): void {
    this.ftp.close();
    this.#progress.stop();
  }

  get closed(): boolean {
    return this.ftp.closed;
  }

  /** Connects and gives the greeting; an earlier connection is closed. */
  connect(host = 'localhost', port = 21): Promise<FTPResponse> {
    return this.#run(() => this.ftp.open(host, port));
  }

  /** Connects with TLS from the first byte. */
  connectImplicitTLS(host = 'localhost', port = 21, tlsOptions: ConnectionOptions = {}): Promise<FTPResponse> {
    return this.#run(() => this.ftp.open(host, port, tlsOptions));
  }

  /** Sends any command that needs no data connection. @throws FTPError unless errors are to be ignored */
  send(command: string, ignoreErrorCodesDEPRECATED = false): Promise<FTPResponse> {
    if (ignoreErrorCodesDEPRECATED) return this.sendIgnoringError(command);
    return this.#run(() => this.ftp.request(command));
  }

  /** Sends any command, and gives a refusal as it gives other replies. */
  sendIgnoringError(command: string): Promise<FTPResponse> {
    return this.#run(async () => {
      try {
        return await this.ftp.request(command);
      } catch (error) {
        if (error instanceof FTPError) return { code: error.code, message: error.message };
        throw error;
      }
    });
  }

  /** Secures the connection; certificates are checked as `tls.connect` does, unless the options say otherwise. */
  useTLS(options: ConnectionOptions = {}, command = 'AUTH TLS'): Promise<FTPResponse> {
    return this.#run(() => this.ftp.secure(command, options));
  }

  login(user = 'anonymous', password = 'guest'): Promise<FTPResponse> {
    return this.#run(() =>
      this.ftp.handle(`USER ${user}`, (response, task) => {
        if (response instanceof Error) task.reject(response);
        else if (response.code === 331) this.ftp.send(`PASS ${password}`);
        else if (response.code >= 200 && response.code < 300) task.resolve(response);
        else if (response.code >= 200) task.reject(new FTPError(response));
      }),
    );
  }

  /** TYPE I, STRU F, UTF-8 names and, in TLS, protected data connections; finds out about MLSD. */
  useDefaultSettings(): Promise<void> {
    return this.#run(async () => {
      const hasMlsd = (await this.features()).has('MLST');
      this.availableListCommands = hasMlsd ? ['MLSD', ...plainListCommands] : [...plainListCommands];
      await this.send('TYPE I');
      await this.sendIgnoringError('STRU F');
      await this.sendIgnoringError('OPTS UTF8 ON');
      if (hasMlsd) await this.sendIgnoringError(`OPTS MLST ${wantedFacts}`);
      if (!this.ftp.hasTLS) return;
      await this.sendIgnoringError('PBSZ 0');
      await this.sendIgnoringError('PROT P');
    });
  }

  /** Connects, secures, signs in and sets what is usual; gives the greeting. Also after `close`, any number of times. */
  access(options: AccessOptions = {}): Promise<FTPResponse> {
    const { host, port, user, password, secure = false, secureOptions = {} } = options;
    return this.#run(async () => {
      const greeting =
        secure === 'implicit'
          ? await this.connectImplicitTLS(host, port, secureOptions)
          : await this.connect(host, port);
      if (secure === true) await this.useTLS(secureOptions);
      // For what is not ASCII in user and password; some servers know it only later.
      await this.sendIgnoringError('OPTS UTF8 ON');
      await this.login(user, password);
      await this.useDefaultSettings();
      return greeting;
    });
  }

  /** The working directory. */
  pwd(): Promise<string> {
    return this.#run(() => currentDirectory(this));
  }

  /** What the server can (FEAT): names in upper case, with their parameters. Empty where it does not tell. */
  features(): Promise<Map<string, string>> {
    return this.#run(async () => featuresOf(await this.sendIgnoringError('FEAT')));
  }

  cd(path: string): Promise<FTPResponse> {
    return this.#sendWithPath('CWD', path);
  }

  cdup(): Promise<FTPResponse> {
    return this.send('CDUP');
  }

  /** When a file was changed last. @throws FTPError also where the server does not know the command */
  lastMod(path: string): Promise<Date> {
    return this.#run(async () => modificationTime(await this.#sendWithPath('MDTM', path)));
  }

  /** Bytes of a file. */
  size(path: string): Promise<number> {
    return this.#run(async () => fileSize(await this.#sendWithPath('SIZE', path)));
  }

  rename(srcPath: string, destPath: string): Promise<FTPResponse> {
    return this.#run(async () => {
      const to = await this.protectWhitespace(destPath);
      await this.#sendWithPath('RNFR', srcPath);
      return this.send(`RNTO ${to}`);
    });
  }

  /** Removes a file. */
  remove(path: string, ignoreErrorCodes = false): Promise<FTPResponse> {
    return this.#run(async () => this.send(`DELE ${await this.protectWhitespace(path)}`, ignoreErrorCodes));
  }

  removeEmptyDir(path: string): Promise<FTPResponse> {
    return this.#sendWithPath('RMD', path);
  }

  /** Tells of all transfers from now on, counted from zero; without a handler of none. */
  trackProgress(handler?: ProgressHandler): void {
    this.#progress.reportTo(handler);
  }

  /** Stores a stream, or a local file or a part of it. */
  uploadFrom(source: Readable | string, toRemotePath: string, options: UploadOptions = {}): Promise<FTPResponse> {
    return this.#upload('STOR', source, toRemotePath, options);
  }

  /** Adds to the end of a remote file, or makes it. */
  appendFrom(source: Readable | string, toRemotePath: string, options: UploadOptions = {}): Promise<FTPResponse> {
    return this.#upload('APPE', source, toRemotePath, options);
  }

  /**
   * Fetches a file into a stream, which is ended, or a local file. From `startAt` on: in the remote file, and in the
   * local one too. Where it fails the stream is destroyed.
   */
  downloadTo(destination: Writable | string, fromRemotePath: string, startAt = 0): Promise<FTPResponse> {
    expectFailure(destination);
    return this.#run(() => this.#transfers.download(destination, fromRemotePath, startAt));
  }

  /** The entries of a directory. */
  list(path = ''): Promise<FileInfo[]> {
    return this.#run(() => this.#transfers.list(path, this.#options.maxListingBytes));
  }

  /** Makes a directory, with those above it, and goes there. */
  ensureDir(remoteDirPath: string): Promise<void> {
    return this.#run(() => enterMade(this, remoteDirPath));
  }

  /** Removes all that is in the working directory. */
  clearWorkingDir(): Promise<void> {
    return this.#run(() => clear(this));
  }

  /** Removes a directory with all that is in it; of `/` only that. @throws Error for a path that names none */
  removeDir(remoteDirPath: string): Promise<void> {
    return this.#run(() => comingBack(this, (start) => removeWhole(this, remoteDirPath, start)));
  }

  /** Uploads what is in a local directory to the working directory, or to one that is made where it is missing. */
  uploadFromDir(localDirPath: string, remoteDirPath?: string): Promise<void> {
    return this.#run(() =>
      comingBack(this, async () => {
        if (remoteDirPath) await this.ensureDir(remoteDirPath);
        await uploadAll(this, localDirPath);
      }),
    );
  }

  /** Downloads the working directory, or another one, to a local directory. Links are left out. */
  downloadToDir(localDirPath: string, remoteDirPath?: string): Promise<void> {
    return this.#run(() =>
      comingBack(this, async () => {
        if (remoteDirPath) await this.cd(remoteDirPath);
        await downloadAll(this, localDirPath);
      }),
    );
  }

  /** A path that begins with a space, which servers drop, as one that begins with the working directory. */
  async protectWhitespace(path: string): Promise<string> {
    if (!path.startsWith(' ')) return path;
    const directory = await this.pwd();
    return `${directory.endsWith('/') ? directory : `${directory}/`}${path}`;
  }

  /** @deprecated Use `uploadFrom`. */
  upload(source: Readable | string, toRemotePath: string, options: UploadOptions = {}): Promise<FTPResponse> {
    return this.uploadFrom(source, toRemotePath, options);
  }

  /** @deprecated Use `appendFrom`. */
  append(source: Readable | string, toRemotePath: string, options: UploadOptions = {}): Promise<FTPResponse> {
    return this.appendFrom(source, toRemotePath, options);
  }

  /** @deprecated Use `downloadTo`. */
  download(destination: Writable | string, fromRemotePath: string, startAt = 0): Promise<FTPResponse> {
    return this.downloadTo(destination, fromRemotePath, startAt);
  }

  /** @deprecated Use `uploadFromDir`. */
  uploadDir(localDirPath: string, remoteDirPath?: string): Promise<void> {
    return this.uploadFromDir(localDirPath, remoteDirPath);
  }

  /** @deprecated Use `downloadToDir`. */
  downloadDir(localDirPath: string): Promise<void> {
    return this.downloadToDir(localDirPath);
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return this.#operations.run(operation);
  }

  #sendWithPath(verb: string, path: string): Promise<FTPResponse> {
    return this.#run(async () => this.send(`${verb} ${await this.protectWhitespace(path)}`));
  }

  #upload(
    verb: 'STOR' | 'APPE',
    source: Readable | string,
    path: string,
    options: UploadOptions,
  ): Promise<FTPResponse> {
    expectFailure(source);
    return this.#run(() => this.#transfers.upload(verb, source, path, options));
  }
}

const plainListCommands = ['LIST -a', 'LIST'];
const wantedFacts = 'type;size;modify;unique;unix.mode;unix.owner;unix.group;unix.ownername;unix.groupname;';
