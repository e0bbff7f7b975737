import type { DigestAlgorithm, RateLimiter, VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { isLarge } from '../connection/remote-file.ts';
import { withRetries } from '../connection/retry.ts';
import type { RemoteSession } from '../connection/session.ts';
import { ClientError } from '../errors.ts';
import { afterUpload } from './after-upload.ts';
import { Checksum, checksumFor, NOT_COMPUTED } from './checksum.ts';
import { ProgressReporter } from './progress.ts';
import type { OpenSource } from './source.ts';
import { rateLimiterOf, type TransferOptions, type TransferResult, type TransferWarning } from './transfer-options.ts';

export interface UploadPlan {
  readonly path: VirtualPath;
  readonly source: OpenSource;
  /** `resume`: behind what stands there already. `append`: the same, and the source begins there. */
  readonly mode: 'replace' | 'resume' | 'append';
  readonly options: TransferOptions;
  /** Bits that the file is to have. */
  readonly permissions?: number | undefined;
}

/** A result that warnings may still be added to. */
export interface Uploaded extends TransferResult {
  readonly path: VirtualPath;
  readonly warnings: TransferWarning[];
}

/**
 * The upload of a file, over as many connections as it takes. What broke is taken up behind the bytes that the server
 * has, if they are surely ours and the source can be read again; otherwise it begins again, or fails where the source
 * can't. Done means that the server has it all, by SIZE.
 */
export class ResumableUpload {
  readonly #pool: Pool;
  readonly #plan: UploadPlan;
  readonly #type: 'binary' | 'text';
  readonly #rateLimiter: RateLimiter | undefined;
  readonly #progress: ProgressReporter;
  readonly #warnings: TransferWarning[] = [];
  #checksum: Checksum | undefined;
  /** Byte of the remote file that this call began at. */
  #start = 0;
  /** What stood on the server before: a broken upload may have left it as it was. */
  #sizeBefore: number | 'unknown' = 'unknown';
  /** Byte of the remote file that was never sent. */
  #sent = 0;
  /** Byte of the remote file behind the last one of this attempt. */
  #end = 0;
  #hasReadSource = false;
  #isResumeRefused = false;
  /** The last attempt sent all, and the server did not say whether it has it. */
  #unconfirmed: ClientError | undefined;

  constructor(pool: Pool, plan: UploadPlan) {
    const { path, options } = plan;
    this.#pool = pool;
    this.#plan = plan;
    this.#type = options.type ?? 'binary';
    this.#rateLimiter = rateLimiterOf(options);
    this.#progress = new ProgressReporter({ direction: 'upload', path }, options.onProgress);
  }

  /** @throws ClientError */
  async run(): Promise<Uploaded> {
    const startedAt = performance.now();
    const { path, mode, source, options } = this.#plan;
    const { isSizeRight, retries } = await withRetries(
      this.#pool.settings,
      options.signal,
      async (attempt) => ({
        isSizeRight: await this.#pool.use(options.signal, (session) => this.#attempt(session)),
        retries: attempt,
      }),
      () => !this.#hasReadSource || (mode !== 'append' && source.canReopen),
    );
    const confirmed = await this.#confirmedChecksum();
    this.#progress.report();
    const { bytes, offset } = this.#progress;
    const durationMs = performance.now() - startedAt;
    const verified = confirmed ?? (isSizeRight ? 'size' : 'nothing');
    return { path, bytes, offset, durationMs, verified, retries, warnings: this.#warnings };
  }

  /** Gives whether the size that the server tells is right; false where it tells none. */
  async #attempt(session: RemoteSession): Promise<boolean> {
    const position = this.#hasReadSource ? await this.#resumePosition(session) : await this.#begin(session);
    await this.#addExistingToChecksum(position);
    const told = await this.#send(session, position);
    return (await afterUpload('size', this.#warnings, async () => this.#isSizeRight(await told()))) === true;
  }

  /** Gives the byte to begin at. */
  async #begin(session: RemoteSession): Promise<number> {
    const { mode, source, options } = this.#plan;
    this.#start = 0;
    if (mode !== 'replace') {
      this.#sizeBefore = await this.#sizeThere(session);
      this.#start = this.#sizeBefore;
      if (mode === 'resume' && !(await this.#isPrefixOfSource(session, this.#start))) this.#start = 0;
    } else if (this.#mayResume) {
      this.#sizeBefore = await this.#sizeThere(session);
    }
    this.#sent = this.#start;
    this.#checksum = checksumFor(session.facts.abilities, options, mode === 'append' ? this.#start : 0);
    const total = mode === 'append' && source.size !== undefined ? source.size + this.#start : source.size;
    this.#progress.begin(this.#start, total);
    return this.#start;
  }

  /**
   * Whether what stands there is the beginning of the source: by the checksums of both where the server computes one. An
   * upload that was broken off has none as long as it is not whole; then, and where there are none, its size must do.
   */
  async #isPrefixOfSource(session: RemoteSession, there: number): Promise<boolean> {
    const { path, source, options } = this.#plan;
    const [algorithm] = this.#type === 'binary' ? session.facts.abilities.digests : [];
    this.#checkRoom(there);
    if (there === 0 || !algorithm || !source.canReopen) return true;
    let theirs: Uint8Array;
    try {
      theirs = await session.digest(path, algorithm, { signal: options.signal });
    } catch (error) {
      if (error instanceof ClientError && NOT_COMPUTED.includes(error.code)) return true;
      throw error;
    }
    const ours = new Checksum(algorithm, 0);
    await ours.addAll(
      source.bytes(0, () => undefined),
      there,
    );
    return ours.digest().equals(theirs);
  }

  get #mayResume(): boolean {
    const { source } = this.#plan;
    const mayGoOn = source.canReopen && this.#type === 'binary' && this.#pool.settings.retry.attempts > 1;
    return mayGoOn && (source.size === undefined || isLarge(source.size));
  }

  #checkRoom(there: number): void {
    const { path, source } = this.#plan;
    if (source.size === undefined || there <= source.size) return;
    const message = `${path} has ${there} bytes, more than the source (${source.size}): it can't be the beginning of it`;
    throw new ClientError('wrong-size', message, { phase: 'prepare' });
  }

  /** Only what the server says that it has, what we sent, and what did not stand there before. */
  async #resumePosition(session: RemoteSession): Promise<number> {
    const { mode } = this.#plan;
    if (this.#unconfirmed) await this.#checkStillThere(session, this.#unconfirmed);
    const there = this.#sizeBefore === 'unknown' || this.#isResumeRefused ? 0 : await this.#sizeThere(session);
    const isOurs = there <= this.#sent && (mode === 'resume' ? there >= this.#start : there !== this.#sizeBefore);
    const position = isOurs ? there : 0;
    if (position < this.#start) {
      this.#start = 0;
      this.#progress.begin(0, this.#progress.total);
    }
    this.#progress.goBackTo(position);
    return position;
  }

  /** A drop box takes away what it has: an upload that may have come to one is not sent a second time. */
  async #checkStillThere(session: RemoteSession, unconfirmed: ClientError): Promise<void> {
    this.#unconfirmed = undefined;
    const size = await this.#sizeOf(session);
    if (size !== undefined) return;
    const { message, command, reply } = unconfirmed;
    throw new ClientError('unconfirmed', message, { phase: 'finish', command, reply, cause: unconfirmed });
  }

  async #sizeThere(session: RemoteSession): Promise<number> {
    return (await this.#sizeOf(session)) ?? 0;
  }

  /** Undefined where the server does not say, or nothing is there. */
  async #sizeOf(session: RemoteSession): Promise<number | undefined> {
    const { path, options } = this.#plan;
    const { size } = await session.lookUp(path, () => false, options.signal);
    return size;
  }

  /** What stands there already is a part of what is compared. */
  async #addExistingToChecksum(position: number): Promise<void> {
    const { source, mode } = this.#plan;
    if (!this.#checksum || mode === 'append' || !source.canReopen || this.#checksum.position >= position) return;
    await this.#checksum.addAll(
      source.bytes(this.#checksum.position, () => undefined),
      position,
    );
  }

  /** Gives the size that the server tells behind it. */
  async #send(session: RemoteSession, position: number): Promise<() => Promise<number | undefined>> {
    const { path, mode, options, permissions } = this.#plan;
    const isAdded = mode === 'append' || (position > 0 && !session.facts.abilities.restart);
    const sentBefore = this.#sent;
    try {
      const { told, failure } = await session.send({
        path,
        type: this.#type,
        at: isAdded ? 'end' : position,
        permissions,
        signal: options.signal,
        rateLimiter: this.#rateLimiter,
        source: () => this.#bytesFrom(position),
        question: this.#type === 'binary' ? 'size' : 'nothing',
      });
      return async () => {
        if (failure) throw failure;
        return told.size;
      };
    } catch (error) {
      const isRefused = error instanceof ClientError && wasAnswered(error) && !CONNECTION_FAILURES.has(error.code);
      if (error instanceof ClientError && error.code === 'unconfirmed') this.#unconfirmed = error;
      if (position > 0 && isRefused && this.#sent === sentBefore) this.#isResumeRefused = true;
      throw error;
    }
  }

  #bytesFrom(position: number): AsyncIterable<Uint8Array> {
    const { source, mode } = this.#plan;
    this.#hasReadSource = true;
    this.#end = position;
    const shift = mode === 'append' ? this.#start : 0;
    return source.bytes(position - shift, (chunk, at) => {
      this.#checksum?.add(chunk, at + shift);
      const end = at + shift + chunk.length;
      if (end <= position) return;
      this.#progress.add(Math.min(chunk.length, end - position));
      this.#end = end;
      this.#sent = Math.max(this.#sent, end);
    });
  }

  /** False where it can't be compared. @throws ClientError `wrong-size` */
  #isSizeRight(size: number | undefined): boolean {
    const { path, mode } = this.#plan;
    if (size === undefined) return false;
    // Others may have added to it as well.
    if (mode === 'append' ? size >= this.#end : size === this.#end) return true;
    const message = `${path} has ${size} bytes on the server, not the ${this.#end} that were sent`;
    throw new ClientError('wrong-size', message, { phase: 'finish' });
  }

  /** The algorithm by which both sides have the same; undefined where nothing could be compared. */
  async #confirmedChecksum(): Promise<DigestAlgorithm | undefined> {
    const checksum = this.#checksum;
    if (!checksum) return undefined;
    const { path, mode, options } = this.#plan;
    const { offset, bytes } = this.#progress;
    const range = mode === 'append' ? { start: offset, end: offset + bytes } : {};
    const compare = (): Promise<boolean> => checksum.isConfirmed(this.#pool, path, options, range);
    return (await afterUpload('checksum', this.#warnings, compare)) ? checksum.algorithm : undefined;
  }
}

function wasAnswered({ reply, status }: ClientError): boolean {
  return reply !== undefined || status !== undefined;
}

/** They say nothing of the command. */
const CONNECTION_FAILURES: ReadonlySet<string> = new Set([
  'data-connection',
  'session-not-reused',
  'connection-lost',
  'unconfirmed',
]);
