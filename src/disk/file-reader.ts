import { readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { background, type LendingSource } from '../core/index.ts';
import { type Device, unknownDevice } from './device.ts';
import { makePortion, PORTION_BYTES } from './portion.ts';

/** An open file as a reader needs it. */
export interface FileToRead {
  readonly fd: number;
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

export interface FileReaderOptions {
  /** The byte to begin with. */
  readonly start: number;
  readonly end?: number;
  /** Bytes to read at once: fewer where progress is shown. */
  readonly portionBytes?: number;
  /** Where the file lies. */
  readonly device?: Device;
}

/**
 * The bytes of a file from a byte on, up to `end` or to where the file ends by then. Its memory serves it alone, again and
 * again: to take new memory for each portion would double the CPU of a transfer, as pages are mapped, cleared and given
 * back all the time. Does not own the handle.
 */
export class FileReader extends Readable implements LendingSource {
  readonly #handle: FileToRead;
  #position: number;
  readonly #end: number;
  readonly #portionBytes: number;
  readonly #device: Device;
  readonly #free: Buffer[] = [];

  constructor(handle: FileToRead, options: FileReaderOptions) {
    const { start, end = Number.POSITIVE_INFINITY, portionBytes = PORTION_BYTES, device = unknownDevice() } = options;
    super({ highWaterMark: portionBytes });
    this.#handle = handle;
    this.#position = start;
    this.#end = end;
    this.#portionBytes = portionBytes;
    this.#device = device;
  }

  /** Byte of the file that comes next. */
  get position(): number {
    return this.#position;
  }

  async borrow(): Promise<Uint8Array | undefined> {
    const wanted = Math.min(this.#end - this.#position, this.#portionBytes);
    if (wanted <= 0) return undefined;
    const memory = this.#free.pop() ?? makePortion(wanted);
    const length = Math.min(wanted, memory.length);
    const bytesRead = await this.#device.portions.ask(
      () => readSync(this.#handle.fd, memory, 0, length, this.#position),
      async () => (await this.#handle.read(memory, 0, length, this.#position)).bytesRead,
    );
    this.#position += bytesRead;
    return bytesRead === 0 ? undefined : memory.subarray(0, bytesRead);
  }

  giveBack({ buffer }: Uint8Array): void {
    this.#free.push(Buffer.from(buffer as ArrayBuffer));
  }

  /** A stream does not give portions back. */
  override _read(): void {
    background(this.#pushNext(), (error) => this.destroy(error as Error));
  }

  async #pushNext(): Promise<void> {
    this.push((await this.borrow()) ?? null);
  }
}
