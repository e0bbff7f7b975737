import type { PathLike } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { encodeText, hasEscapedByte } from '../../core/index.ts';
import { type Device, SharedFlushes, unknownDevice } from '../../disk/index.ts';
import type { Directory } from './directory.ts';

/**
 * Directories by path, for systems other than Linux. Each step of a walk is checked and is not a link when it is
 * checked. One window stays open: whoever can rename directories on the host itself, or through a second session, and
 * puts a link in the place of a checked directory between the check and the use, is followed once.
 */
export async function portableDirectory(path: string): Promise<Directory> {
  return checked(await realpath(path));
}

async function checked(path: string): Promise<Directory> {
  const stats = await lstat(encodeText(path));
  if (!stats.isDirectory()) throw Object.assign(new Error('Not a directory'), { code: 'ENOTDIR' });
  return new PortableDirectory(path);
}

class PortableDirectory implements Directory {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  readonly device = unknownDevice();

  deviceOf(): Device {
    return this.device;
  }

  at(name: string): PathLike {
    const path = this.#below(name);
    return hasEscapedByte(path) ? encodeText(path) : path;
  }

  open(name: string): Promise<Directory> {
    return this.device.threads(() => checked(this.#below(name)));
  }

  async pin(name: string) {
    const path = this.at(name);
    return {
      stats: await this.device.threads(() => lstat(path, { bigint: true })),
      path,
      async [Symbol.asyncDispose]() {},
    };
  }

  async isSame(other: Directory): Promise<boolean> {
    return other instanceof PortableDirectory && other.#path === this.#path;
  }

  async sync(): Promise<void> {
    // Windows opens no directory for this; its file systems keep names in a journal.
    if (process.platform === 'win32') return;
    await flushes.flush(this.#path, async () => {
      await using handle = await this.device.threads(() => open(this.at('.'), 'r'));
      await this.device.threads(() => handle.sync());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #below(name: string): string {
    if (name === '.') return this.#path;
    return this.#path.endsWith(sep) ? this.#path + name : this.#path + sep + name;
  }
}

/** Of all storages: two of them may lead to one directory. */
const flushes = new SharedFlushes();
