import type { Stats } from 'node:fs';
import { resolve } from 'node:path';
import type { VirtualPath } from '../../core/index.ts';
import { askAndKeep } from '../connection/call.ts';
import type { KeptConnection, Pool } from '../connection/pool.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError, type ClientErrorCode } from '../errors.ts';
import { type Checksum, checksumFor } from './checksum.ts';
import { Fetch } from './fetch.ts';
import { FileIntake } from './file-intake.ts';
import { LocalFile, standing } from './local-file.ts';
import { PartFile } from './part-file.ts';
import { Meter } from './progress.ts';
import { canRestart, isKnown, isLarge, lookUpToFetch, type RemoteFile } from './remote-file.ts';
import { fetchSegments, type Segment, segmentsOf } from './segments.ts';
import { openSource } from './source.ts';
import type { DownloadOptions, TransferResult } from './transfer.ts';
import { paceOf } from './transfer-options.ts';

type Outcome = Pick<TransferResult, 'verified' | 'retries'>;

/** Fetches into a local file, which appears under its name when it is whole and on the medium. */
export async function downloadToPath(
  pool: Pool,
  path: VirtualPath,
  target: string,
  options: DownloadOptions,
): Promise<TransferResult> {
  const startedAt = performance.now();
  const call = new PathDownload(pool, path, resolve(target), options);
  const outcome = await call.run();
  call.meter.tell();
  const { bytes, offset } = call.meter;
  return { path, bytes, offset, durationMs: performance.now() - startedAt, ...outcome, warnings: [] };
}

class PathDownload {
  readonly meter: Meter;
  readonly #pool: Pool;
  readonly #path: VirtualPath;
  readonly #target: string;
  readonly #options: DownloadOptions;

  constructor(pool: Pool, path: VirtualPath, target: string, options: DownloadOptions) {
    this.#pool = pool;
    this.#path = path;
    this.#target = target;
    this.#options = options;
    this.meter = new Meter({ direction: 'download', path }, options.onProgress);
  }

  async run(): Promise<Outcome> {
    const { signal, resume, offset: origin = 0 } = this.#options;
    const there = await standing(this.#target);
    const [{ file, features }, kept] = await askAndKeep(this.#pool, signal, async (signedIn) => ({
      file: await lookUpToFetch(signedIn, this.#path, (size) => this.#isTimeWanted(size), signal),
      features: signedIn.features,
    }));
    using connection = kept;
    // There may be much to read here before anything is fetched.
    if (resume) connection[Symbol.dispose]();
    const checksum = checksumFor(features, this.#options, origin);
    if (resume && isCopy(there, file)) {
      this.meter.begin(file.size ?? 0, file.size);
      const verified = await this.#verdict(checksum);
      if (verified) return { verified, retries: 0 };
      checksum?.reset();
    }
    const part = resume && isKnown(file) && canRestart(features) ? await this.#openPart(file) : undefined;
    const local = part?.file ?? (await LocalFile.create(this.#target));
    try {
      return await this.#fill(local, part, { connection, file, features }, checksum);
    } catch (error) {
      if (part && !isSpoilt(error)) await local.keep();
      else await local.discard();
      if (isSpoilt(error)) await part?.forget();
      throw error;
    }
  }

  #isTimeWanted(size: number | undefined): boolean {
    const { keepTime, resume } = this.#options;
    return keepTime === true || resume === true || (this.#pool.settings.retry.attempts > 1 && isLarge(size));
  }

  #openPart(file: RemoteFile): Promise<PartFile> {
    const { host, port, user } = this.#pool.settings;
    return PartFile.open(this.#target, { host, port, user, path: this.#path, ...file });
  }

  /** What a copy that is there already was compared by; undefined when it is no copy after all. */
  async #verdict(checksum: Checksum | undefined): Promise<TransferResult['verified'] | undefined> {
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

  async #fill(
    local: LocalFile,
    part: PartFile | undefined,
    found: Found,
    checksum: Checksum | undefined,
  ): Promise<Outcome> {
    const { file, features } = found;
    const { offset: origin = 0, keepTime } = this.#options;
    const start = part?.bytes ?? origin;
    this.meter.begin(start, file.size);
    const segments = this.#segments(start, file, features);
    const fetched =
      segments.length > 1
        ? await this.#fetchSegments(local, found, segments)
        : await this.#fetchWhole(local, part, found, start, checksum);
    await checksum?.addAll(local.read(), fetched.file.size ?? 0);
    const isConfirmed = await checksum?.isConfirmed(this.#pool, this.#path, this.#options, { start: origin });
    await local.publish(keepTime ? fetched.file.modified : undefined);
    await part?.forget();
    const verified = isConfirmed && checksum ? checksum.algorithm : fetched.verified;
    return { verified, retries: fetched.retries };
  }

  #segments(start: number, { size }: RemoteFile, features: SignedIn['features']): readonly Segment[] {
    const { segments = 1, type = 'binary' } = this.#options;
    const isDivisible = size !== undefined && size > start && type === 'binary' && canRestart(features);
    return isDivisible ? segmentsOf(start, size, Math.min(segments, this.#pool.settings.connections)) : [];
  }

  async #fetchSegments(local: LocalFile, { connection, file }: Found, segments: readonly Segment[]): Promise<Fetched> {
    connection[Symbol.dispose]();
    const { offset: origin = 0, signal } = this.#options;
    const shared = {
      path: this.#path,
      file,
      type: 'binary',
      pace: paceOf(this.#options),
      signal,
      meter: this.meter,
    } as const;
    const retries = await fetchSegments(this.#pool, { ...shared, segments, local, origin });
    return { file, verified: 'size', retries };
  }

  async #fetchWhole(
    local: LocalFile,
    part: PartFile | undefined,
    { connection, file }: Found,
    start: number,
    checksum: Checksum | undefined,
  ): Promise<Fetched> {
    const { offset: origin = 0, type = 'binary', signal } = this.#options;
    const onChunk = (chunk: Uint8Array, position: number): void => {
      checksum?.add(chunk, position);
      this.meter.add(chunk.length);
    };
    await checksum?.addAll(local.read(), start);
    const fetch = new Fetch(this.#pool, {
      connection,
      path: this.#path,
      file,
      start,
      type,
      pace: paceOf(this.#options),
      signal,
      meter: this.meter,
      intake: new FileIntake(local.writer(start - origin), { start, onChunk }),
      async restart() {
        // Another version: what is known of the part is not true any more.
        await part?.forget();
        await local.truncate(0);
        checksum?.reset();
        return new FileIntake(local.writer(0), { start: origin, onChunk });
      },
    });
    await fetch.run();
    await fetch.intake.finish(signal);
    return fetch;
  }
}

interface Found {
  readonly connection: KeptConnection;
  readonly file: RemoteFile;
  readonly features: SignedIn['features'];
}

type Fetched = Pick<Fetch, 'file' | 'verified' | 'retries'>;

/** Whether the file that is there was once fetched, with its time, from what is on the server now. */
function isCopy(there: Stats | undefined, { size, modified }: RemoteFile): boolean {
  if (!there?.isFile() || size === undefined || !modified) return false;
  return there.size === size && Math.abs(there.mtimeMs - modified.getTime()) < 1000;
}

/** Whether going on with what came would not make it right. */
function isSpoilt(error: unknown): boolean {
  return error instanceof ClientError && SPOILT.includes(error.code);
}

const SPOILT: readonly ClientErrorCode[] = ['wrong-checksum', 'wrong-size', 'changed'];
