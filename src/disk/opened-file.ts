import { type BigIntStats, close, closeSync, fstat, open, openSync, type PathLike, read } from 'node:fs';
import { promisify } from 'node:util';
import type { Device } from './device.ts';

/** To close a larger file may take long, where nothing has its name any more: its room is given back then. */
const QUICK_CLOSE_BYTES = 1024 * 1024;
/** No file has this number. */
const CLOSED = -1;

/** A file of the host that is open for reading. Where its device answers from memory, the calling thread asks itself. */
export class OpenedFile {
  readonly device: Device;
  #descriptor: number;
  #reads = 0;
  #onReadsDone: () => void = () => undefined;

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

  /** Its number, which another file may have once this one is closed. */
  get fd(): number {
    return this.#descriptor;
  }

  async read(buffer: Uint8Array, offset: number, length: number, position: number) {
    this.#reads += 1;
    try {
      return await readDescriptor(this.#descriptor, buffer, offset, length, position);
    } finally {
      this.#reads -= 1;
      if (this.#reads === 0) this.#onReadsDone();
    }
  }

  stat(options: { readonly bigint: true }): Promise<BigIntStats> {
    return statDescriptor(this.#descriptor, options);
  }

  /** Once only. A read that is under way is waited for, and none begins any more. @param bytes its length, where that is known */
  async close(bytes = Number.POSITIVE_INFINITY): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = CLOSED;
    if (this.#reads > 0) {
      await new Promise<void>((resolve) => {
        this.#onReadsDone = resolve;
      });
    }
    const byThreads = () => closeDescriptor(descriptor);
    if (bytes > QUICK_CLOSE_BYTES) await this.device.threads(byThreads);
    else await this.device.attributes.ask(() => closeSync(descriptor), byThreads);
  }
}

const openDescriptor: (path: PathLike, flags: number) => Promise<number> = promisify(open);
const closeDescriptor = promisify(close);
const readDescriptor = promisify(read);
const statDescriptor: (descriptor: number, options: { readonly bigint: true }) => Promise<BigIntStats> =
  promisify(fstat);
