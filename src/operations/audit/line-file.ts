import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import process from 'node:process';

/** Elsewhere, such a write may stop at a cache of the disk, which `datasync` empties. */
const WRITES_DURABLY = process.platform === 'linux' ? constants.O_DSYNC : undefined;

/**
 * A file that only grows, by whole lines. What could be written in part only, as the disk was full, is written over by the
 * next attempt.
 */
export class LineFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  /** Writes, and waits until that is on the disk, at once: half of the processor time of a write and a flush. */
  readonly #durable: FileHandle | undefined;
  #position: number;
  /** Whether something was written that is not known to be on the disk. */
  #isUnsynced = true;

  private constructor(handle: FileHandle, durable: FileHandle | undefined, position: number) {
    this.#handle = handle;
    this.#durable = durable;
    this.#position = position;
  }

  /** Opens a file, for its owner alone, behind its last whole line; makes it where there is none. */
  static async open(file: string): Promise<LineFile> {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const { size } = await handle.stat();
      const end = size === 0 ? 0 : await endOfLastLine(handle, size);
      if (end < size) await handle.truncate(end);
      const durable = WRITES_DURABLY === undefined ? undefined : await open(file, constants.O_WRONLY | WRITES_DURABLY);
      return new LineFile(handle, durable, end);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** @param durably whether to wait until it is on the disk, with all before it */
  async append(lines: string, durably: boolean): Promise<void> {
    const bytes = Buffer.from(lines);
    const durable = durably && !this.#isUnsynced ? this.#durable : undefined;
    if (bytes.length > 0 && !durable) this.#isUnsynced = true;
    const handle = durable ?? this.#handle;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, this.#position + done);
      done += bytesWritten;
    }
    if (durably && this.#isUnsynced) {
      await this.#handle.datasync();
      this.#isUnsynced = false;
    }
    this.#position += bytes.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#durable?.close();
    await this.#handle.close();
  }
}

/** What is read at once, from the end. */
const CHUNK_BYTES = 65_536;

async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await handle.read(chunk, 0, end - start, start);
    const feed = chunk.subarray(0, bytesRead).lastIndexOf('\n');
    if (feed !== -1) return start + feed + 1;
  }
  return 0;
}
