import type { Readable } from 'node:stream';
import { type Entry, StorageError, type StoredEntry, type Upload, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { Difference } from './compare.ts';
import { isUnsupported } from './digests.ts';
import { isFatal } from './fatal.ts';
import { pour } from './pour.ts';
import type { Run } from './run.ts';

/** A file of the source. */
export interface FileTask {
  readonly path: VirtualPath;
  readonly source: Entry;
  /** The file of that name at the destination. */
  readonly existing: Entry | undefined;
  /** Whether an interrupted upload of it may be there: not in a directory that is new. */
  readonly mayBeKept: boolean;
  /** Whether the destination may take the name for that of another file, which must not be replaced then. */
  readonly mayClash: boolean;
  readonly difference: Exclude<Difference, 'none' | 'newer'>;
}

/**
 * Copies a file, from byte `start` on. It is published when the source ended well and gave as many bytes as its listing
 * had told; what was broken off before is kept for resuming, where the plan says so.
 */
export async function transfer(run: Run, { path, source, mayClash }: FileTask, start: number): Promise<Transferred> {
  const { signal } = run;
  const time = run.expectedTime(source);
  const reader = await run.source.storage.read(run.source.at(path), { start, expectedSize: source.size, signal });
  // It may fail while nobody reads yet; whoever reads then hears of it.
  reader.on('error', () => {});
  try {
    const upload = await run.destination.storage.write(run.destination.at(path), {
      ...(start > 0 && { at: start }),
      exclusive: mayClash,
      expectedSize: source.size,
      ...(run.times.areKept && { modified: time }),
      signal,
    });
    const count = run.progress.of(path, source.size);
    count(start);
    const published = await fill(run, upload, reader, { expected: source.size - start, count });
    const unverified = await check(run, path, { isWhole: published.size === source.size, isResumed: start > 0 });
    run.progress.complete();
    const warnings = [unverified, published.warning].filter((warning) => warning !== undefined);
    return { warnings, isTimed: published.modified.getTime() === time.getTime() };
  } finally {
    reader.destroy();
  }
}

export interface Transferred {
  /** Why it could not be verified, where that was wanted, and what was left behind. */
  readonly warnings: readonly string[];
  /** Whether the copy has the time of its source already. */
  readonly isTimed: boolean;
}

interface Filling {
  /** Bytes that must come, no more and no fewer. */
  readonly expected: number;
  readonly count: (bytes: number) => void;
}

async function fill(run: Run, upload: Upload, reader: Readable, { expected, count }: Filling): Promise<StoredEntry> {
  let missing = expected;
  try {
    await pour(reader, upload.sink, async (bytes) => {
      missing -= bytes;
      if (missing < 0) throw changed();
      count(bytes);
      await run.rateLimiter?.take(bytes, run.signal);
    });
    if (missing > 0) throw changed();
    return await upload.commit();
  } catch (error) {
    const isTorn = error instanceof ClientError && error.code === 'changed';
    const second = await ended(run.plan.resume && !isTorn ? upload.suspend() : upload.discard());
    if (second === undefined) throw error;
    // What the first failure was tells more, and what the second one may have left behind must be known.
    const [code, first] = error instanceof StorageError ? [error.code, error] : (['io', asError(error)] as const);
    run.noteLeftBehind(second.message);
    throw new StorageError(code, `${first.message}; ${second.message}`, { cause: error });
  }
}

async function ended(work: Promise<unknown>): Promise<Error | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

interface Copied {
  /** Whether as many bytes stand at the destination as the source has. */
  readonly isWhole: boolean;
  /** Whether some of them were there before. */
  readonly isResumed: boolean;
}

/**
 * A copy that turns out to be wrong is removed: it must not stand under the name of a whole file.
 * @returns why it could not be verified, where that was wanted
 */
async function check(run: Run, path: VirtualPath, { isWhole, isResumed }: Copied): Promise<string | undefined> {
  const verdict = isWhole ? await verdictByDigest(run, path, isResumed) : wrong('wrong-size', 'sizes');
  if (!(verdict instanceof ClientError)) return verdict;
  await run.destination.storage.remove(run.destination.at(path));
  throw verdict;
}

/** What is wrong with a copy, or why that can't be told. @throws what ends the run as a whole */
async function verdictByDigest(
  run: Run,
  path: VirtualPath,
  isResumed: boolean,
): Promise<ClientError | string | undefined> {
  const { verify } = run.plan;
  if (!verify && !(isResumed && run.digests.arePossible)) return undefined;
  try {
    return (await run.digests.areEqual(path, run.signal)) ? undefined : wrong('wrong-checksum', 'checksums');
  } catch (error) {
    if (!verify && isUnsupported(error)) return undefined;
    if (run.signal.aborted || isFatal(error)) throw error;
    return `its checksum could not be compared: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function wrong(code: 'wrong-size' | 'wrong-checksum', what: string): ClientError {
  return new ClientError(code, `After the copy the ${what} of both sides differ; it was removed`, { phase: 'finish' });
}

function changed(): ClientError {
  return new ClientError('changed', 'The source changed while it was copied', { phase: 'transfer' });
}
