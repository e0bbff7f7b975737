import type { Readable, Writable } from 'node:stream';
import { tellsCutListing } from '../../protocol/index.ts';
import { charsetOf } from './encoding.ts';
import type { FileInfo } from './file-info.ts';
import type { FTPContext } from './ftp-context.ts';
import { FTPError, type FTPResponse } from './ftp-error.ts';
import { TextCollector } from './listing-text.ts';
import { type UploadOptions, withLocalDestination, withLocalSource } from './local-file.ts';
import type { RawListParser, TransferStrategy } from './options.ts';
import type { ProgressTracker } from './progress-tracker.ts';
import { type BasicTransfer, receiveInto, sendFrom, transfer } from './transfer.ts';

/** What a client's caller may set, and what transfers go by. */
export interface TransferClient {
  readonly ftp: FTPContext;
  prepareTransfer: TransferStrategy;
  parseList: RawListParser;
  /** Tried in this order; the one that works is kept. */
  availableListCommands: string[];
  protectWhitespace(path: string): Promise<string>;
}

/** What a client does over data connections. */
export class Transfers {
  readonly #client: TransferClient;
  readonly #progress: ProgressTracker;

  constructor(client: TransferClient, progress: ProgressTracker) {
    this.#client = client;
    this.#progress = progress;
  }

  async upload(
    verb: 'STOR' | 'APPE',
    source: Readable | string,
    path: string,
    options: UploadOptions,
  ): Promise<FTPResponse> {
    if (typeof source === 'string') {
      return withLocalSource(source, options, (file) => this.upload(verb, file, path, options));
    }
    const name = await this.#client.protectWhitespace(path);
    return this.#transfer({ name, type: 'upload', command: `${verb} ${name}`, move: sendFrom(source) });
  }

  async download(destination: Writable | string, path: string, startAt: number): Promise<FTPResponse> {
    if (typeof destination === 'string') {
      return withLocalDestination(destination, startAt, (file) => this.download(file, path, startAt));
    }
    try {
      const name = await this.#client.protectWhitespace(path);
      const retrieve = `RETR ${name}`;
      const commands = startAt > 0 ? { command: `REST ${startAt}`, next: retrieve } : { command: retrieve };
      return await this.#transfer({ name, type: 'download', ...commands, move: receiveInto(destination) });
    } catch (error) {
      destination.destroy();
      throw error;
    }
  }

  /** By the first command that the server does not refuse, which is kept. */
  async list(path: string, maxBytes: number): Promise<FileInfo[]> {
    const client = this.#client;
    const name = await client.protectWhitespace(path);
    let lastError: unknown = new Error('There is no command to list with: availableListCommands is empty');
    for (const command of client.availableListCommands) {
      try {
        const files = await this.#listBy(name === '' ? command : `${command} ${name}`, maxBytes);
        client.availableListCommands = [command];
        return files;
      } catch (error) {
        if (!(error instanceof FTPError)) throw error;
        lastError = error;
      }
    }
    throw lastError;
  }

  async #listBy(command: string, maxBytes: number): Promise<FileInfo[]> {
    const { ftp, parseList } = this.#client;
    const collector = new TextCollector(maxBytes);
    const { message } = await this.#transfer({ name: '', type: 'list', command, move: receiveInto(collector) });
    // What is missing would be left by `removeDir` and `downloadToDir`, with success.
    if (tellsCutListing(message)) throw new Error(`The server left entries out of the listing: ${message}`);
    const text = collector.text(charsetOf(ftp.encoding));
    ftp.log(text);
    return parseList(text);
  }

  async #transfer(plan: BasicTransfer): Promise<FTPResponse> {
    const { ftp } = this.#client;
    await this.#client.prepareTransfer(ftp);
    return transfer(ftp, this.#progress, plan);
  }
}

/** A stream may fail while it waits for its turn; its transfer hears of that when it begins. */
export function expectFailure(stream: Readable | Writable | string): void {
  if (typeof stream !== 'string') stream.on('error', () => undefined);
}
