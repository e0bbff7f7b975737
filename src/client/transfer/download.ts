import { PassThrough, type Readable, type Writable } from 'node:stream';
import { background, type VirtualPath } from '../../core/index.ts';
import { askAndKeep } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import type { ReadRange } from '../options.ts';
import { checksumFor } from './checksum.ts';
import { dataFailure } from './data-failure.ts';
import { downloadToPath } from './download-to-path.ts';
import { Fetch, type FetchPlan } from './fetch.ts';
import { Meter } from './progress.ts';
import { isLarge, lookUpToFetch, type RemoteFile } from './remote-file.ts';
import { Intake, Memory, tooLarge, writableOf } from './sink.ts';
import type { DownloadOptions, Sink, TransferResult } from './transfer.ts';
import { checkDownload, checkRange, paceOf } from './transfer-options.ts';

/** Fetches a file into a local file or a stream. @throws ClientError */
export async function download(
  pool: Pool,
  path: VirtualPath,
  sink: Sink,
  options: DownloadOptions,
): Promise<TransferResult> {
  checkDownload(options, typeof sink === 'string');
  try {
    return await (typeof sink === 'string'
      ? downloadToPath(pool, path, sink, options)
      : downloadToStream(pool, path, sink, options));
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
  const intake = new Intake(stream, { start, end, onChunk: () => begin() });
  const done = fetchRange(
    pool,
    path,
    { start, end, signal },
    () => true,
    () => ({ intake }),
  ).catch((error) => {
    intake.destroy(error);
    throw error;
  });
  background(done, () => undefined);
  await Promise.race([begun, done]);
  return stream;
}

/** A file in memory. */
export async function readBuffer(pool: Pool, path: VirtualPath, range: ReadRange): Promise<Buffer> {
  checkRange(range);
  const { start = 0, end, signal } = range;
  const { maxBufferBytes } = pool.settings.limits;
  let memory = new Memory(maxBufferBytes);
  const makeIntake = (): Intake => {
    memory = new Memory(maxBufferBytes);
    return new Intake(memory, { start, end, onChunk: () => undefined });
  };
  await fetchRange(pool, path, { start, end, signal }, isLarge, ({ size = 0 }) => {
    if (Math.min(size, end ?? size) - start > maxBufferBytes) throw tooLarge(maxBufferBytes);
    return { intake: makeIntake(), restart: async () => makeIntake() };
  });
  return memory.take();
}

async function fetchRange(
  pool: Pool,
  path: VirtualPath,
  { start, end, signal }: Pick<FetchPlan, 'start' | 'end' | 'signal'>,
  isTimeWorthwhile: (size: number | undefined) => boolean,
  prepare: (file: RemoteFile) => Pick<FetchPlan, 'intake' | 'restart'>,
): Promise<void> {
  const isTimeWanted = (size: number | undefined): boolean => retries(pool) && isTimeWorthwhile(size);
  const [file, kept] = await askAndKeep(pool, signal, (signedIn) =>
    lookUpToFetch(signedIn, path, isTimeWanted, signal),
  );
  using connection = kept;
  const meter = new Meter({ direction: 'download', path }, undefined);
  const plan = { connection, path, file, start, end, type: 'binary', pace: undefined, signal, meter } as const;
  const fetch = new Fetch(pool, { ...plan, ...prepare(file) });
  await fetch.run();
  await fetch.intake.finish(signal);
}

async function downloadToStream(
  pool: Pool,
  path: VirtualPath,
  sink: Exclude<Sink, string>,
  options: DownloadOptions,
): Promise<TransferResult> {
  const writable = writableOf(sink);
  try {
    return await pour(pool, path, writable, options);
  } catch (error) {
    writable.destroy(dataFailure(error, 'local'));
    throw error;
  }
}

async function pour(pool: Pool, path: VirtualPath, sink: Writable, options: DownloadOptions): Promise<TransferResult> {
  const { offset: start = 0, type = 'binary', signal, onProgress } = options;
  const startedAt = performance.now();
  const [{ file, features }, kept] = await askAndKeep(pool, signal, async (signedIn) => ({
    file: await lookUpToFetch(signedIn, path, () => retries(pool), signal),
    features: signedIn.features,
  }));
  using connection = kept;
  const checksum = checksumFor(features, options, start);
  const meter = new Meter({ direction: 'download', path }, onProgress);
  meter.begin(start, file.size);
  const intake = new Intake(sink, {
    start,
    onChunk(chunk, position) {
      checksum?.add(chunk, position);
      meter.add(chunk.length);
    },
  });
  const fetch = new Fetch(pool, { connection, path, file, start, type, pace: paceOf(options), signal, meter, intake });
  await fetch.run();
  const isConfirmed = await checksum?.isConfirmed(pool, path, options, { start });
  await intake.finish(signal);
  meter.tell();
  return {
    path,
    bytes: meter.bytes,
    offset: start,
    durationMs: performance.now() - startedAt,
    verified: isConfirmed && checksum ? checksum.algorithm : fetch.verified,
    retries: fetch.retries,
    warnings: [],
  };
}

function retries({ settings }: Pool): boolean {
  return settings.retry.attempts > 1;
}
