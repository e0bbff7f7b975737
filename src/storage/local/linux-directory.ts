import type { PathLike } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { encodeText, hasEscapedByte } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { READ_DIRECTORY, REFER } from './open-flags.ts';

/**
 * Node has no openat(2), but Linux gives each open directory a name: `/proc/self/fd/N/name` is the entry of exactly the
 * directory that was opened, wherever it has been moved since and whatever stands at its old path. With O_NOFOLLOW on
 * each step no race between a check and its use can lead outside the root.
 */
export async function linuxDirectory(path: string): Promise<Directory> {
  const handle = await open(await realpath(path), READ_DIRECTORY);
  const directory = new LinuxDirectory(handle);
  try {
    const [own, seen] = await Promise.all([handle.stat(), stat(directory.at('.'))]);
    if (own.ino !== seen.ino || own.dev !== seen.dev) throw new Error('/proc does not show this process');
    return directory;
  } catch (cause) {
    await handle.close();
    throw new Error('A local storage on Linux needs /proc to be mounted', { cause });
  }
}

class LinuxDirectory implements Directory {
  readonly #handle: FileHandle;
  readonly #prefix: string;

  constructor(handle: FileHandle) {
    this.#handle = handle;
    this.#prefix = `/proc/self/fd/${handle.fd}/`;
  }

  at(name: string): PathLike {
    const path = this.#prefix + name;
    return hasEscapedByte(name) ? encodeText(path) : path;
  }

  async open(name: string): Promise<Directory> {
    return new LinuxDirectory(await open(this.at(name), READ_DIRECTORY));
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
    return this.#handle.sync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close();
  }
}
