import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * A file that only grows, by whole lines. What could be written in part only, as the disk was full, is written over by the
 * next attempt.
 */
export class LineFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  #position: number;

  private constructor(handle: FileHandle, position: number) {
    this.#handle = handle;
    this.#position = position;
  }

  /** Opens a file, for its owner alone, behind its last whole line; makes it where there is none. */
  static async open(file: string): Promise<LineFile> {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const { size } = await handle.stat();
      const end = size === 0 ? 0 : await endOfLastLine(handle, size);
      if (end < size) await handle.truncate(end);
      return new LineFile(handle, end);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** @param durably whether to wait until it is on the disk, with all before it */
  async append(lines: string, durably: boolean): Promise<void> {
    const bytes = Buffer.from(lines);
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#position + done);
      done += bytesWritten;
    }
    if (durably) await this.#handle.datasync();
    this.#position += bytes.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
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
