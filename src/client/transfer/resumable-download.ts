import type { RateLimiter } from '../../core/index.ts';
import { isKnown, isLarge, isSameVersion, type RemoteFile } from '../connection/remote-file.ts';
import { withRetries } from '../connection/retry.ts';
import type { RemoteSession } from '../connection/session.ts';
import { ClientError } from '../errors.ts';
import { dataFailure } from './data-failure.ts';
import type { FoundFile } from './found-file.ts';
import type { ProgressReporter } from './progress.ts';
import type { DownloadLimit, DownloadSink } from './sink.ts';

export interface DownloadPlan {
  /** Byte to begin at. */
  readonly start: number;
  /** Byte to stop before. Default: the end of the file. */
  readonly end?: number | undefined;
  readonly type: 'binary' | 'text';
  readonly rateLimiter: RateLimiter | undefined;
  readonly signal: AbortSignal | undefined;
  readonly progress: ProgressReporter;
  readonly sink: DownloadSink;
  /** Told of the file when the server has answered, if it was not asked before. What it throws ends the download. */
  readonly onFound?: ((file: RemoteFile) => void) | undefined;
  /** Empties what the bytes go to, where that can be done: gives a new sink for all of it. */
  readonly restart?: (() => Promise<DownloadSink>) | undefined;
}

export interface Downloaded {
  /** The version that came. */
  readonly file: RemoteFile;
  /** What all of it came into, which need not be the first one. It is not ended. */
  readonly sink: DownloadSink;
  /** What was compared. */
  readonly verified: 'nothing' | 'size';
  /** How often it had to be taken up again. */
  readonly retries: number;
}

/**
 * The download of a file, or a range of it, over as many connections as it takes. What broke is taken up at the byte where
 * the sink stands, if the file on the server is still the same; otherwise it begins again where the sink can, and fails
 * where it can't.
 */
export class ResumableDownload {
  readonly #found: FoundFile;
  readonly #plan: DownloadPlan;
  #sink: DownloadSink;
  #file: RemoteFile;
  #position: number;
  #canRestart = true;

  constructor(found: FoundFile, plan: DownloadPlan) {
    this.#found = found;
    this.#plan = plan;
    this.#sink = plan.sink;
    this.#file = found.file;
    this.#position = plan.start;
  }

  /** @throws ClientError */
  async run(): Promise<Downloaded> {
    const { signal, start, type } = this.#plan;
    const { size } = this.#file;
    if (size !== undefined && start > size) {
      throw new ClientError('invalid-argument', `${this.#found.path} has ${size} bytes, none from ${start} on`, {
        phase: 'prepare',
      });
    }
    const retries = await withRetries(
      this.#found.pool.settings,
      signal,
      async (attempt) => {
        await this.#found.use(signal, (session) => this.#attempt(session, attempt));
        return attempt;
      },
      () => this.#canRetry(),
    );
    const verified = type === 'binary' && this.#file.size !== undefined ? 'size' : 'nothing';
    return { file: this.#file, sink: this.#sink, verified, retries };
  }

  async #attempt(session: RemoteSession, attempt: number): Promise<void> {
    this.#canRestart = session.facts.abilities.restart;
    // A transfer that is broken off at once would leave some servers waiting for its data connection.
    if (this.#sink.errored) throw dataFailure(this.#sink.errored, 'local');
    if (attempt > 0) await this.#resume(session);
    if (!this.#hasAll) await this.#receive(session, attempt === 0 && !this.#found.isAsked);
    this.#checkSize();
  }

  #canRetry(): boolean {
    if (this.#sink.destroyed) return false;
    return this.#position === this.#plan.start || this.#plan.restart !== undefined || this.#canContinue;
  }

  get #canContinue(): boolean {
    return this.#canRestart && this.#plan.type === 'binary' && isKnown(this.#file);
  }

  /** Byte that nothing is wanted from on, as far as it is known. */
  get #end(): number | undefined {
    const { end, type } = this.#plan;
    const { size } = this.#file;
    if (type === 'text' || size === undefined) return end;
    return Math.min(size, end ?? size);
  }

  /** Nothing is left to come: it came before, or only what the server said of it was lost. */
  get #hasAll(): boolean {
    return this.#position > 0 && this.#position === this.#end;
  }

  /** Makes sure that what comes now belongs to what came before. */
  async #resume(session: RemoteSession): Promise<void> {
    const { path } = this.#found;
    const { signal, start, restart, progress } = this.#plan;
    const { isAsked, isTimeWanted } = this.#found;
    const wasTold = (): boolean => this.#file.modified !== undefined;
    const now = await session.lookUp(path, isAsked ? wasTold : isTimeWanted, signal);
    if (this.#position === start && (start === 0 || isSameVersion(this.#file, now))) {
      this.#file = now;
      return;
    }
    if (this.#canContinue && isSameVersion(this.#file, now)) return;
    if (!restart) {
      throw new ClientError('changed', `${path} changed on the server while it was fetched`, { phase: 'transfer' });
    }
    this.#file = now;
    this.#sink = await restart();
    this.#position = this.#sink.position;
    progress.begin(this.#position, now.size);
  }

  async #receive(session: RemoteSession, isAsking: boolean): Promise<void> {
    const { path } = this.#found;
    const { type, rateLimiter, signal, end } = this.#plan;
    const isTimeWanted = isAsking && this.#found.isTimeWanted(undefined);
    try {
      await session.receive({
        path,
        type,
        offset: this.#position,
        end,
        signal,
        rateLimiter,
        question: isAsking ? { isTimeWanted, take: (file) => this.#takeFacts(file) } : undefined,
        isShort: () => end === undefined && this.#file.size !== undefined && !isLarge(this.#file.size),
        begin: (announced) => this.#begin(announced),
        onMoved: (bytes) => {
          this.#position = Math.min(this.#position + bytes, end ?? Number.POSITIVE_INFINITY);
        },
      });
    } catch (error) {
      if (signal?.aborted || !this.#isFull) throw error;
    }
  }

  #takeFacts(file: RemoteFile): void {
    this.#file = file;
    this.#plan.progress.total = file.size;
    this.#plan.onFound?.(file);
  }

  /** All of a range has come, and how the server takes our breaking off does not matter. */
  get #isFull(): boolean {
    return this.#plan.end !== undefined && this.#position === this.#plan.end;
  }

  #begin(announced: number | undefined): DownloadSink {
    if (this.#position === 0) this.#plan.progress.total ??= announced;
    this.#sink.limit = this.#limit(announced);
    return this.#sink;
  }

  /** A server that sends more than it said must not fill the disk. */
  #limit(announced: number | undefined): DownloadLimit | undefined {
    if (this.#plan.end !== undefined || this.#plan.type === 'text') return undefined;
    const { size } = this.#file;
    if (size !== undefined) return { end: size, because: `the ${size} bytes that it said the file has` };
    if (announced === undefined) return undefined;
    const { maxUnannouncedBytes } = this.#found.pool.settings.limits;
    return {
      end: this.#position + announced + maxUnannouncedBytes,
      because: `the ${announced} bytes that it announced and ${maxUnannouncedBytes} more (maxUnannouncedBytes)`,
    };
  }

  #checkSize(): void {
    const expected = this.#end;
    if (expected === undefined || this.#position === expected || this.#plan.type === 'text') return;
    throw new ClientError(
      'wrong-size',
      `${this.#found.path} should reach to byte ${expected}, but the server sent up to ${this.#position}`,
      // In clear text a stream that was cut looks like this.
      { phase: 'finish', retryable: this.#position < expected },
    );
  }
}
