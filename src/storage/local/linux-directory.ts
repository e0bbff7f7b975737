import fs, { type BigIntStats, closeSync, fstatSync, openSync, type PathLike } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { decodeText, encodeText, hasEscapedByte } from '../../core/index.ts';
import {
  type Device,
  followVolume,
  freshMounts,
  SharedFlushes,
  unknownDevice,
  type Volume,
  volumeBelow,
} from '../../disk/index.ts';
import type { Directory } from './directory.ts';
import { READ_DIRECTORY, REFER } from './open-flags.ts';

/**
 * Node has no openat(2), but Linux gives each open directory a name: `/proc/self/fd/N/name` is the entry of exactly the
 * directory that was opened, wherever it has been moved since and whatever stands at its old path. With O_NOFOLLOW on
 * each step no race between a check and its use can lead outside the root.
 */
export async function linuxDirectory(path: string): Promise<Directory> {
  const hostPath = await realpath(path, { encoding: 'buffer' });
  await freshMounts();
  const names = decodeText(hostPath).split('/').slice(1);
  const directory = new RootDirectory(await openDescriptor(hostPath, READ_DIRECTORY), names);
  try {
    const [own, seen] = [fstatSync(directory.descriptor), await stat(directory.at('.'))];
    if (own.ino !== seen.ino || own.dev !== seen.dev) throw new Error('/proc does not show this process');
    return directory;
  } catch (cause) {
    await directory[Symbol.asyncDispose]();
    throw new Error('A local storage on Linux needs /proc to be mounted', { cause });
  }
}

class LinuxDirectory implements Directory {
  readonly descriptor: number;
  /** Where it lies. */
  protected volume: Volume;
  readonly #prefix: string;
  #isOpen = true;
  #known: string | undefined;

  constructor(descriptor: number, volume: Volume) {
    this.descriptor = descriptor;
    this.volume = volume;
    this.#prefix = `/proc/self/fd/${descriptor}/`;
  }

  get device(): Device {
    return this.volume.device;
  }

  deviceOf(name: string): Device {
    const { device, mounts } = this.volume;
    return mounts.size === 0 ? device : (mounts.get(name)?.device ?? device);
  }

  at(name: string): PathLike {
    const path = this.#prefix + name;
    return hasEscapedByte(name) ? encodeText(path) : path;
  }

  async open(name: string): Promise<Directory> {
    const volume = name === '.' ? this.volume : volumeBelow(this.volume, name);
    return new LinuxDirectory(await openDirectory(this.at(name), volume.device), volume);
  }

  async pin(name: string) {
    const device = this.deviceOf(name);
    const handle = await device.threads(() => open(this.at(name), REFER));
    return {
      stats: await device.threads(() => handle.stat({ bigint: true })),
      path: `/proc/self/fd/${handle.fd}`,
      [Symbol.asyncDispose]: () => device.threads(() => handle.close()),
    };
  }

  async isSame(other: Directory): Promise<boolean> {
    return other === this || (other instanceof LinuxDirectory && (await this.#id()) === (await other.#id()));
  }

  sync(): Promise<void> {
    return this.#known === undefined ? this.#id().then(this.#flush) : this.#flush(this.#known);
  }

  readonly #flush = (id: string): Promise<void> =>
    flushes.flush(id, () => this.device.threads(() => fsync(this.descriptor)));

  /** No other directory has it, as long as this one is open. */
  async #id(): Promise<string> {
    if (this.#known === undefined) {
      const { dev, ino } = await this.device.attributes.ask(
        () => fstatSync(this.descriptor, { bigint: true }),
        () => fstat(this.descriptor, { bigint: true }),
      );
      this.#known = `${dev}:${ino}`;
    }
    return this.#known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.device.attributes.ask(
      () => closeSync(this.descriptor),
      () => closeDescriptor(this.descriptor),
    );
  }
}

/** It learns what is mounted and unmounted while it is held; what is opened below it is not held for long. */
class RootDirectory extends LinuxDirectory {
  readonly #stopFollowing: () => void;

  constructor(descriptor: number, names: readonly string[]) {
    super(descriptor, { device: unknownDevice(), mounts: new Map() });
    this.#stopFollowing = followVolume(names, (volume) => {
      this.volume = volume;
    });
  }

  override [Symbol.asyncDispose](): Promise<void> {
    this.#stopFollowing();
    return super[Symbol.asyncDispose]();
  }
}

function openDirectory(path: PathLike, device: Device): Promise<number> {
  return device.attributes.ask(
    () => openSync(path, READ_DIRECTORY),
    () => openDescriptor(path, READ_DIRECTORY),
  );
}

const openDescriptor: (path: PathLike, flags: number) => Promise<number> = promisify(fs.open);
const closeDescriptor = promisify(fs.close);
const fsync = promisify(fs.fsync);
const fstat: (descriptor: number, options: { readonly bigint: true }) => Promise<BigIntStats> = promisify(fs.fstat);
/** Of all storages: two of them may lead to one directory. */
const flushes = new SharedFlushes();
