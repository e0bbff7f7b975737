import fs, { closeSync, fstatSync, openSync, type PathLike } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { encodeText, hasEscapedByte } from '../../core/index.ts';
import { quickly } from '../../disk/index.ts';
import type { Directory } from './directory.ts';
import { READ_DIRECTORY, REFER } from './open-flags.ts';

/**
 * Node has no openat(2), but Linux gives each open directory a name: `/proc/self/fd/N/name` is the entry of exactly the
 * directory that was opened, wherever it has been moved since and whatever stands at its old path. With O_NOFOLLOW on
 * each step no race between a check and its use can lead outside the root.
 */
export async function linuxDirectory(path: string): Promise<Directory> {
  const descriptor = await openDirectory(await realpath(path));
  const directory = new LinuxDirectory(descriptor);
  try {
    const [own, seen] = [fstatSync(descriptor), await stat(directory.at('.'))];
    if (own.ino !== seen.ino || own.dev !== seen.dev) throw new Error('/proc does not show this process');
    return directory;
  } catch (cause) {
    await directory[Symbol.asyncDispose]();
    throw new Error('A local storage on Linux needs /proc to be mounted', { cause });
  }
}

class LinuxDirectory implements Directory {
  readonly #descriptor: number;
  readonly #prefix: string;
  #isOpen = true;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.#prefix = `/proc/self/fd/${descriptor}/`;
  }

  at(name: string): PathLike {
    const path = this.#prefix + name;
    return hasEscapedByte(name) ? encodeText(path) : path;
  }

  async open(name: string): Promise<Directory> {
    return new LinuxDirectory(await openDirectory(this.at(name)));
  }

  async pin(name: string) {
    const handle = await open(this.at(name), REFER);
    return {
      stats: await handle.stat({ bigint: true }),
      path: `/proc/self/fd/${handle.fd}`,
      [Symbol.asyncDispose]: () => handle.close(),
    };
  }

  sync(): Promise<void> {
    return fsync(this.#descriptor);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await quickly(
      () => closeSync(this.#descriptor),
      () => closeDescriptor(this.#descriptor),
    );
  }
}

function openDirectory(path: PathLike): Promise<number> {
  return quickly(
    () => openSync(path, READ_DIRECTORY),
    () => openDescriptor(path, READ_DIRECTORY),
  );
}

const openDescriptor: (path: PathLike, flags: number) => Promise<number> = promisify(fs.open);
const closeDescriptor = promisify(fs.close);
const fsync = promisify(fs.fsync);
