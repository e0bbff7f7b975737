import type { Stats } from 'node:fs';
import { resolve } from 'node:path';
import type { VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { isKnown, isLarge, type RemoteFile } from '../connection/remote-file.ts';
import { ClientError, type ClientErrorCode } from '../errors.ts';
import { type Checksum, checksumFor } from './checksum.ts';
import { FileSink } from './file-sink.ts';
import { FoundFile } from './found-file.ts';
import { LocalFile, statTarget } from './local-file.ts';
import { PartFile } from './part-file.ts';
import { ProgressReporter } from './progress.ts';
import { type Downloaded, ResumableDownload } from './resumable-download.ts';
import { downloadSegments, type Segment, segmentsOf } from './segments.ts';
import { openSource } from './source.ts';
import { type DownloadOptions, rateLimiterOf, type TransferResult } from './transfer-options.ts';

/** Downloads into a local file, which appears under its name when it is whole and on the medium. */
export function downloadToFile(
  pool: Pool,
  path: VirtualPath,
  target: string,
  options: DownloadOptions,
): Promise<TransferResult> {
  return new FileDownload(pool, path, resolve(target), options).run();
}

class FileDownload {
  readonly #pool: Pool;
  readonly #path: VirtualPath;
  readonly #target: string;
  readonly #options: DownloadOptions;
  readonly #progress: ProgressReporter;

  constructor(pool: Pool, path: VirtualPath, target: string, options: DownloadOptions) {
    this.#pool = pool;
    this.#path = path;
    this.#target = target;
    this.#options = options;
    this.#progress = new ProgressReporter({ direction: 'download', path }, options.onProgress);
  }

  async run(): Promise<TransferResult> {
    const startedAt = performance.now();
    const { signal, resume } = this.#options;
    const there = await statTarget(this.#target);
    using found = await FoundFile.find(this.#pool, this.#path, {
      isTimeWanted: (size) => this.#isTimeWanted(size),
      isAsked: this.#mustKnow,
      signal,
    });
    // There may be much to read here before anything comes.
    if (resume) found.release();
    const outcome = await this.#download(found, there);
    this.#progress.report();
    const { bytes, offset } = this.#progress;
    const durationMs = performance.now() - startedAt;
    return { path: this.#path, bytes, offset, durationMs, ...outcome, warnings: [] };
  }

  async #download(found: FoundFile, there: Stats | undefined): Promise<FileOutcome> {
    const { resume, offset: origin = 0 } = this.#options;
    const { file, abilities } = found;
    const checksum = checksumFor(abilities, this.#options, origin);
    if (resume && isCopy(there, file)) {
      this.#progress.begin(file.size ?? 0, file.size);
      const verified = await this.#verifyCopy(checksum);
      if (verified) return { verified, retries: 0 };
      checksum?.reset();
    }
    const part = resume && isKnown(file) && abilities.restart ? await this.#openPart(file) : undefined;
    const local = part?.file ?? (await LocalFile.create(this.#target));
    try {
      const outcome = await this.#downloadInto(found, local, part, checksum);
      await part?.forget();
      return outcome;
    } catch (error) {
      if (part && !isUnusable(error)) await local.keep();
      else await local.discard();
      if (isUnusable(error)) await part?.forget();
      throw error;
    }
  }

  /** Whether the file has to be looked at before the transfer can begin. */
  get #mustKnow(): boolean {
    const { resume, segments = 1, offset = 0, type = 'binary' } = this.#options;
    return resume === true || segments > 1 || offset > 0 || type === 'text';
  }

  #isTimeWanted(size: number | undefined): boolean {
    const { keepTime, resume } = this.#options;
    return (
      keepTime === true ||
      resume === true ||
      (this.#pool.settings.retry.attempts > 1 && (size === undefined || isLarge(size)))
    );
  }

  #openPart(file: RemoteFile): Promise<PartFile> {
    const { host, port, user } = this.#pool.settings;
    return PartFile.open(this.#target, { host, port, user, path: this.#path, ...file });
  }

  /** What a copy that is there already was compared by; undefined when it is no copy after all. */
  async #verifyCopy(checksum: Checksum | undefined): Promise<TransferResult['verified'] | undefined> {
    if (!checksum) return 'size';
    await using source = await openSource(this.#target, undefined);
    await checksum.addAll(
      source.bytes(0, () => undefined),
      source.size ?? 0,
    );
    try {
      return (await checksum.isConfirmed(this.#pool, this.#path, this.#options)) ? checksum.algorithm : 'size';
    } catch (error) {
      if (error instanceof ClientError && error.code === 'wrong-checksum') return undefined;
      throw error;
    }
  }

  /** All of it into the local file, compared, and under its name. */
  async #downloadInto(
    found: FoundFile,
    local: LocalFile,
    part: PartFile | undefined,
    checksum: Checksum | undefined,
  ): Promise<FileOutcome> {
    const { offset: origin = 0, keepTime } = this.#options;
    const start = part?.bytes ?? origin;
    this.#progress.begin(start, found.file.size);
    const segments = this.#segments(found, start);
    const { file, verified, retries } =
      segments.length > 1
        ? await this.#downloadSegments(found, local, segments)
        : await this.#downloadWhole(found, local, part, checksum);
    await checksum?.addAll(local.read(), file.size ?? 0);
    const isConfirmed = await checksum?.isConfirmed(this.#pool, this.#path, this.#options, { start: origin });
    await local.publish(keepTime ? file.modified : undefined);
    return { verified: isConfirmed && checksum ? checksum.algorithm : verified, retries };
  }

  #segments({ file: { size }, abilities }: FoundFile, start: number): readonly Segment[] {
    const { segments = 1, type = 'binary' } = this.#options;
    const isDivisible = size !== undefined && size > start && type === 'binary' && abilities.restart;
    return isDivisible ? segmentsOf(start, size, Math.min(segments, this.#pool.settings.connections)) : [];
  }

  async #downloadSegments(found: FoundFile, local: LocalFile, segments: readonly Segment[]): Promise<Received> {
    found.release();
    const { offset: origin = 0 } = this.#options;
    const retries = await downloadSegments(found, { ...this.#shared(), segments, local, origin });
    return { file: found.file, verified: 'size', retries };
  }

  async #downloadWhole(
    found: FoundFile,
    local: LocalFile,
    part: PartFile | undefined,
    checksum: Checksum | undefined,
  ): Promise<Received> {
    const { offset: origin = 0, signal } = this.#options;
    const start = part?.bytes ?? origin;
    const onChunk = (chunk: Uint8Array, position: number): void => {
      checksum?.add(chunk, position);
      this.#progress.add(chunk.length);
    };
    await checksum?.addAll(local.read(), start);
    const download = new ResumableDownload(found, {
      ...this.#shared(),
      start,
      sink: new FileSink(local.writer(start - origin), { start, onChunk }),
      async restart() {
        // Another version: what is known of the part is not true any more.
        await part?.forget();
        await local.truncate(0);
        checksum?.reset();
        return new FileSink(local.writer(0), { start: origin, onChunk });
      },
    });
    const downloaded = await download.run();
    await downloaded.sink.finish(signal);
    return downloaded;
  }

  #shared() {
    const { type = 'binary', signal } = this.#options;
    return { type, rateLimiter: rateLimiterOf(this.#options), signal, progress: this.#progress };
  }
}

type FileOutcome = Pick<TransferResult, 'verified' | 'retries'>;
type Received = Pick<Downloaded, 'file' | 'verified' | 'retries'>;

/** Whether the file that is there was once downloaded, with its time, from what is on the server now. */
function isCopy(there: Stats | undefined, { size, modified }: RemoteFile): boolean {
  if (!there?.isFile() || size === undefined || !modified) return false;
  return there.size === size && Math.abs(there.mtimeMs - modified.getTime()) < 1000;
}

/** Whether going on with what came would not make it right. */
function isUnusable(error: unknown): boolean {
  return error instanceof ClientError && UNUSABLE.includes(error.code);
}

const UNUSABLE: readonly ClientErrorCode[] = ['wrong-checksum', 'wrong-size', 'changed'];
