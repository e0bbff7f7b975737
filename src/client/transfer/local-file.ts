import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileReader, FileWriter, SharedFlushes } from '../../disk/index.ts';
import { ClientError } from '../errors.ts';
import { hiddenPartName } from './temporary-name.ts';

/**
 * A local file that comes into being: it is written under another name beside its own, which it gets when it is whole.
 * What stands under a name is never followed and never written to: a link is replaced by the file, not what it leads to.
 */
export class LocalFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #partPath: string;
  readonly #writers: FileWriter[] = [];

  constructor(path: string, partPath: string, handle: FileHandle) {
    this.path = path;
    this.#partPath = partPath;
    this.#handle = handle;
  }

  /** A new one, under a name that nobody can guess. */
  static async create(path: string): Promise<LocalFile> {
    const partPath = join(dirname(path), hiddenPartName());
    return new LocalFile(path, partPath, await openNew(partPath));
  }

  /** A stream that writes from a byte on, and leaves the file open when it ends. */
  writer(position: number): FileWriter {
    const writer = new FileWriter(this.#handle, position);
    this.#writers.push(writer);
    return writer;
  }

  /** Its bytes from the first on. */
  read(): AsyncIterable<Uint8Array> {
    return new FileReader(this.#handle, { start: 0 });
  }

  /** Ends what is being written, and cuts off what lies behind. */
  async truncate(bytes: number): Promise<void> {
    await this.#endWriters();
    await this.#handle.truncate(bytes);
  }

  /** When it resolves, the file stands under its name, on the medium. */
  async publish(modified: Date | undefined): Promise<void> {
    if (modified) await this.#handle.utimes(new Date(), modified);
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.#partPath, this.path);
    const directory = dirname(this.path);
    await directoryFlushes.flush(directory, () => flushDirectory(directory));
  }

  /** Leaves what there is under its other name. */
  async keep(): Promise<void> {
    await this.#endWriters();
    await this.#handle.close();
  }

  async discard(): Promise<void> {
    await this.keep();
    await removeIfThere(this.#partPath);
  }

  async #endWriters(): Promise<void> {
    await Promise.all(this.#writers.splice(0).map((writer) => writer.stop()));
  }
}

/**
 * What stands under the name of a download, undefined for nothing.
 * @throws ClientError `local` for what a file must not take the place of
 */
export async function statTarget(path: string): Promise<Stats | undefined> {
  const stats = await lstat(path).catch(ignoreMissing);
  if (stats?.isDirectory()) throw inTheWay(`${path} is a directory: name the file that is to be made`);
  if (stats && !stats.isFile() && !stats.isSymbolicLink()) {
    throw inTheWay(`${path} is a device or a pipe, which a file would take the place of: give a stream instead`);
  }
  return stats;
}

export function openNew(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_SURPRISE);
}

/** A regular file; undefined for anything else. */
export async function openExisting(path: string): Promise<FileHandle | undefined> {
  const handle = await open(path, constants.O_RDWR | NO_SURPRISE).catch(() => undefined);
  if (!handle || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

export async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch(ignoreMissing);
}

/** Never follows a link, and never waits for the other end of a pipe. Windows has neither flag. */
const NO_SURPRISE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Without it the new name may be lost when the power fails. */
const directoryFlushes = new SharedFlushes();

/** Windows opens no directories, and needs it less. */
async function flushDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function inTheWay(message: string): ClientError {
  return new ClientError('local', message, { phase: 'local' });
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
