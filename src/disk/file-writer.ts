import { Writable } from 'node:stream';
import { callbackify } from 'node:util';
import { background, type LendingSink } from '../core/index.ts';
import { type Device, unknownDevice } from './device.ts';
import { makePortion, PORTION_BYTES } from './portion.ts';

/** The first portion: all that most small files need. */
const FIRST_BYTES = 16 * 1024;
/** Portions that may be full: one is being written while the other waits. */
const MAX_FULL = 2;

type Callback = (error?: Error | null) => void;

/** An open file as a writer needs it. */
export interface FileToWrite {
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
}

export interface FileWriterOptions {
  /** Where the file lies. */
  readonly device?: Device;
  /** Turns a failure of the system into the error for the caller. */
  readonly failure?: (error: unknown) => Error;
  /** Waited for before bytes are written, with the byte that they end before. */
  readonly beforeWrite?: (end: number) => Promise<void>;
}

/**
 * Writes to a file from a byte on, a portion at a time: TLS brings 16 KiB, and a write of that size costs as much as a
 * large one. Uses the memory of what is written again. Does not own the handle.
 */
export class FileWriter extends Writable implements LendingSink {
  readonly #handle: FileToWrite;
  readonly #device: Device;
  readonly #failure: (error: unknown) => Error;
  readonly #beforeWrite: ((end: number) => Promise<void>) | undefined;
  #position: number;
  /** The portion that is being filled, and how far. */
  #portion: Buffer | undefined = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #bytes = 0;
  /** In the order in which they are written; the first one is. One that could not be written stays. */
  readonly #full: Buffer[] = [];
  readonly #free: Buffer[] = [];
  #writing: Promise<void> = Promise.resolve();
  /** Of a write that waits until there is room. */
  #resume: Callback | undefined;

  constructor(handle: FileToWrite, position: number, options: FileWriterOptions = {}) {
    const { device = unknownDevice(), failure = (error) => error as Error, beforeWrite } = options;
    super({ highWaterMark: MAX_FULL * PORTION_BYTES });
    this.#handle = handle;
    this.#device = device;
    this.#failure = failure;
    this.#beforeWrite = beforeWrite;
    this.#position = position;
    this.on('error', () => undefined);
  }

  /** Byte of the file that nothing was written to from on. */
  get position(): number {
    return this.#position;
  }

  room(): Uint8Array {
    this.#portion ??= this.#free.pop() ?? makePortion();
    return this.#portion.subarray(this.#bytes);
  }

  filled(bytes: number): boolean {
    this.#bytes += bytes;
    if (this.#bytes === this.#portion?.length) this.#handOver();
    return this.#full.length < MAX_FULL;
  }

  /** Accepts no more bytes. When it resolves, the accepted bytes are in the file or never will be. */
  async stop(): Promise<void> {
    this.destroy();
    await this.#flush().catch(() => undefined);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    let isKeepingUp = true;
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(this.room(), 0, at);
      isKeepingUp = this.filled(copied);
      at += copied;
    }
    if (isKeepingUp) callback();
    else this.#resume = callback;
  }

  override _final(callback: Callback): void {
    FileWriter.#flushThen(this, callback);
  }

  static readonly #flushThen = callbackify((writer: FileWriter) => writer.#flush());

  async #flush(): Promise<void> {
    if (this.#bytes > 0) this.#handOver();
    await this.#writing;
  }

  #handOver(): void {
    if (this.#portion) this.#full.push(this.#portion.subarray(0, this.#bytes));
    this.#portion = undefined;
    this.#bytes = 0;
    if (this.#full.length > 1) return;
    this.#writing = this.#writeFull();
    background(this.#writing, (error) => this.destroy(error as Error));
  }

  /** One function and no more, for each costs two promises a portion. */
  async #writeFull(): Promise<void> {
    try {
      for (let portion = this.#full[0]; portion; portion = this.#full[0]) {
        if (this.#beforeWrite) await this.#beforeWrite(this.#position + portion.length);
        for (let written = 0; written < portion.length; ) {
          const bytes = portion;
          const { bytesWritten } = await this.#device.threads(() =>
            this.#handle.write(bytes, written, bytes.length - written, this.#position),
          );
          this.#position += bytesWritten;
          written += bytesWritten;
        }
        this.#full.shift();
        // Whoever fills has left a portion only when it is full, and small ones are not worth it.
        if (portion.length === PORTION_BYTES) this.#free.push(portion);
        if (this.#full.length === MAX_FULL - 1) this.#callForMore();
      }
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #callForMore(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume) resume();
    else this.emit('drain');
  }
}
