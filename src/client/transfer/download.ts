import { PassThrough, type Readable, type Writable } from 'node:stream';
import { background, type VirtualPath } from '../../core/index.ts';
import { downloadBundled } from '../bundle/download-bundled.ts';
import type { Pool } from '../connection/pool.ts';
import { isLarge, type RemoteFile } from '../connection/remote-file.ts';
import type { ReadRange } from '../options.ts';
import { checksumFor } from './checksum.ts';
import { dataFailure } from './data-failure.ts';
import { downloadToFile } from './download-to-file.ts';
import { FoundFile } from './found-file.ts';
import { ProgressReporter } from './progress.ts';
import { type DownloadPlan, ResumableDownload } from './resumable-download.ts';
import { asError, DownloadSink, MemorySink, tooLarge, writableOf } from './sink.ts';
import {
  checkDownload,
  checkRange,
  type DownloadOptions,
  rateLimiterOf,
  type Sink,
  type TransferResult,
} from './transfer-options.ts';

/** Downloads a file into a local file or a stream. @throws ClientError */
export async function download(
  pool: Pool,
  path: VirtualPath,
  sink: Sink,
  options: DownloadOptions,
): Promise<TransferResult> {
  checkDownload(options, typeof sink === 'string');
  try {
    if (typeof sink !== 'string') return await downloadToStream(pool, path, sink, options);
    const bundled = options.bundled && (await downloadBundled(pool, path, sink, options));
    return bundled || (await downloadToFile(pool, path, sink, options));
  } catch (error) {
    throw dataFailure(error, 'local');
  }
}

/** A file as a stream. Resolves when its first bytes have come, so that a file that can't be had is known by then. */
export async function read(pool: Pool, path: VirtualPath, range: ReadRange): Promise<Readable> {
  checkRange(range);
  const stream = new PassThrough();
  const left = new AbortController();
  // Whoever destroys it wants no more.
  stream.once('close', () => left.abort());
  const signal = range.signal ? AbortSignal.any([range.signal, left.signal]) : left.signal;
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { start = 0, end } = range;
  const sink = new DownloadSink(stream, { start, end, onChunk: () => begin() });
  const work = async (): Promise<void> => {
    try {
      using found = await FoundFile.find(pool, path, {
        isTimeWanted: () => mayRetry(pool),
        isAsked: start > 0,
        signal,
      });
      await downloadRange(found, { start, end, signal, sink });
    } catch (error) {
      sink.destroy(asError(error));
      throw error;
    }
  };
  const done = work();
  background(done, () => undefined);
  await Promise.race([begun, done]);
  return stream;
}

/** A file in memory. */
export async function readBuffer(pool: Pool, path: VirtualPath, range: ReadRange): Promise<Buffer> {
  checkRange(range);
  const { start = 0, end, signal } = range;
  const { maxBufferBytes } = pool.settings.limits;
  const isTimeWanted = (size: number | undefined) => mayRetry(pool) && (size === undefined || isLarge(size));
  using found = await FoundFile.find(pool, path, { isTimeWanted, isAsked: start > 0, signal });
  const onFound = ({ size = 0 }: RemoteFile): void => {
    if (Math.min(size, end ?? size) - start > maxBufferBytes) throw tooLarge(maxBufferBytes);
  };
  onFound(found.file);
  let memory = new MemorySink(maxBufferBytes);
  const fill = (): DownloadSink => new DownloadSink(memory, { start, end, onChunk: () => undefined });
  const restart = async (): Promise<DownloadSink> => {
    memory = new MemorySink(maxBufferBytes);
    return fill();
  };
  await downloadRange(found, { start, end, signal, sink: fill(), restart, onFound });
  return memory.take();
}

async function downloadRange(
  found: FoundFile,
  plan: Pick<DownloadPlan, 'start' | 'end' | 'signal' | 'sink' | 'restart' | 'onFound'>,
): Promise<void> {
  const progress = new ProgressReporter({ direction: 'download', path: found.path }, undefined);
  const download = new ResumableDownload(found, { ...plan, type: 'binary', rateLimiter: undefined, progress });
  const { sink } = await download.run();
  await sink.finish(plan.signal);
}

async function downloadToStream(
  pool: Pool,
  path: VirtualPath,
  sink: Exclude<Sink, string>,
  options: DownloadOptions,
): Promise<TransferResult> {
  const writable = writableOf(sink);
  try {
    return await downloadToWritable(pool, path, writable, options);
  } catch (error) {
    writable.destroy(dataFailure(error, 'local'));
    throw error;
  }
}

async function downloadToWritable(
  pool: Pool,
  path: VirtualPath,
  writable: Writable,
  options: DownloadOptions,
): Promise<TransferResult> {
  const { offset: start = 0, type = 'binary', signal, onProgress } = options;
  const startedAt = performance.now();
  // In TYPE A there is no size, and from a byte on it must be known whether there is that byte.
  const isAsked = start > 0 || type === 'text';
  using found = await FoundFile.find(pool, path, { isTimeWanted: () => mayRetry(pool), isAsked, signal });
  const checksum = checksumFor(found.abilities, options, start);
  const progress = new ProgressReporter({ direction: 'download', path }, onProgress);
  progress.begin(start, found.file.size);
  const sink = new DownloadSink(writable, {
    start,
    onChunk(chunk, position) {
      checksum?.add(chunk, position);
      progress.add(chunk.length);
    },
  });
  const download = new ResumableDownload(found, {
    start,
    type,
    rateLimiter: rateLimiterOf(options),
    signal,
    progress,
    sink,
  });
  const { verified, retries } = await download.run();
  const isConfirmed = await checksum?.isConfirmed(pool, path, options, { start });
  await sink.finish(signal);
  progress.report();
  return {
    path,
    bytes: progress.bytes,
    offset: start,
    durationMs: performance.now() - startedAt,
    verified: isConfirmed && checksum ? checksum.algorithm : verified,
    retries,
    warnings: [],
  };
}

/** What broke is taken up only where the file is known to be the same: its time is worth a question then. */
function mayRetry({ settings }: Pool): boolean {
  return settings.retry.attempts > 1;
}
