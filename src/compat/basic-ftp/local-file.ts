import { open, rm, stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';

export interface UploadOptions {
  /** Byte of a local file to begin at. */
  localStart?: number;
  /** Last byte of a local file to send. */
  localEndInclusive?: number;
}

/**
 * Hands a part of a local file to `send`.
 * @throws Error when fewer bytes came out of it than it had when it was opened, or what the file system throws
 */
export async function withLocalSource<T>(
  path: string,
  { localStart = 0, localEndInclusive }: UploadOptions,
  send: (source: Readable) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'r');
  const source = file.createReadStream({
    start: localStart,
    ...(localEndInclusive !== undefined && { end: localEndInclusive }),
    highWaterMark: chunkBytes,
  });
  try {
    const stats = await file.stat();
    const result = await send(source);
    const end = Math.min((localEndInclusive ?? Number.POSITIVE_INFINITY) + 1, stats.size);
    const expected = Math.max(0, end - localStart);
    // Of a pipe or a device nobody knows how long it is.
    if (stats.isFile() && source.bytesRead !== expected) {
      throw new Error(
        `Local file "${path}" changed while it was sent: ${source.bytesRead} of ${expected} bytes were read`,
      );
    }
    return result;
  } finally {
    await close(source);
  }
}

/**
 * Hands a local file to `receive`, to be written from `startAt` on; a new one unless that is beyond its beginning. What
 * came stays when the rest fails, so that it can be resumed; a new file that got nothing is removed.
 */
export async function withLocalDestination<T>(
  path: string,
  startAt: number,
  receive: (destination: Writable) => Promise<T>,
): Promise<T> {
  const file = await open(path, startAt > 0 ? 'r+' : 'w');
  const destination = file.createWriteStream({ start: startAt, highWaterMark: chunkBytes });
  try {
    return await receive(destination);
  } catch (error) {
    await close(destination);
    const isEmpty = destination.bytesWritten === 0 && (await stat(path)).isFile();
    if (startAt === 0 && isEmpty) await rm(path, { force: true });
    throw error;
  } finally {
    await close(destination);
  }
}

const chunkBytes = 256 * 1024;

/** The file is closed with its stream. What fails in that is no news: the stream was read or written before. */
async function close(stream: Readable | Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.on('error', () => undefined).once('close', resolve);
  if (stream.closed) return;
  stream.destroy();
  await promise;
}
