import fs, { type BigIntStats, closeSync, openSync, type PathLike } from 'node:fs';
import { promisify } from 'node:util';
import type { Device } from './device.ts';

/** To close a larger file may take long, where nothing has its name any more: its room is given back then. */
const QUICK_CLOSE_BYTES = 1024 * 1024;
/** No file has this number. */
const CLOSED = -1;

/**
 * An open file of the host. Where its device answers from memory, the calling thread opens what is there and closes it by
 * itself. All other calls are for the device's threads (`device.threads`).
 */
export class OpenedFile {
  readonly device: Device;
  #descriptor: number;
  #calls = 0;
  #onCallsDone: () => void = () => undefined;

  private constructor(descriptor: number, device: Device) {
    this.#descriptor = descriptor;
    this.device = device;
  }

  /** Opens what is there; `flags` make no new file. */
  static async open(path: PathLike, flags: number, device: Device): Promise<OpenedFile> {
    const descriptor = await device.attributes.ask(
      () => openSync(path, flags),
      () => openDescriptor(path, flags),
    );
    return new OpenedFile(descriptor, device);
  }

  /** Makes a new file, by a thread: what that takes is not in memory. */
  static async create(path: PathLike, flags: number, mode: number, device: Device): Promise<OpenedFile> {
    return new OpenedFile(await device.threads(() => openDescriptor(path, flags, mode)), device);
  }

  /** Its number, which another file may have once this one is closed. */
  get fd(): number {
    return this.#descriptor;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number) {
    return this.#during((fd) => read(fd, buffer, offset, length, position));
  }

  write(buffer: Uint8Array, offset: number, length: number, position: number) {
    return this.#during((fd) => write(fd, buffer, offset, length, position));
  }

  stat(options: { readonly bigint: true }): Promise<BigIntStats> {
    return this.#during((fd) => stat(fd, options));
  }

  truncate(bytes: number): Promise<void> {
    return this.#during((fd) => truncate(fd, bytes));
  }

  datasync(): Promise<void> {
    return this.#during((fd) => datasync(fd));
  }

  chmod(mode: number): Promise<void> {
    return this.#during((fd) => chmod(fd, mode));
  }

  chown(user: number, group: number): Promise<void> {
    return this.#during((fd) => chown(fd, user, group));
  }

  utimes(accessed: Date, modified: Date): Promise<void> {
    return this.#during((fd) => utimes(fd, accessed, modified));
  }

  /**
   * Once only. A call that is under way is waited for, and none begins any more.
   * @param bytes what is given back by that, at the most; absent: all that a file can have
   */
  async close(bytes = Number.POSITIVE_INFINITY): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = CLOSED;
    if (this.#calls > 0) {
      await new Promise<void>((resolve) => {
        this.#onCallsDone = resolve;
      });
    }
    const byThreads = () => closeDescriptor(descriptor);
    if (bytes > QUICK_CLOSE_BYTES) await this.device.threads(byThreads);
    else await this.device.attributes.ask(() => closeSync(descriptor), byThreads);
  }

  async #during<Result>(call: (descriptor: number) => Promise<Result>): Promise<Result> {
    this.#calls += 1;
    try {
      return await call(this.#descriptor);
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#onCallsDone();
    }
  }
}

const openDescriptor: (path: PathLike, flags: number, mode?: number) => Promise<number> = promisify(fs.open);
const closeDescriptor = promisify(fs.close);
const read = promisify(fs.read);
const write = promisify(fs.write);
const stat: (descriptor: number, options: { readonly bigint: true }) => Promise<BigIntStats> = promisify(fs.fstat);
const truncate = promisify(fs.ftruncate);
const datasync = promisify(fs.fdatasync);
const chmod = promisify(fs.fchmod);
const chown = promisify(fs.fchown);
const utimes = promisify(fs.futimes);
