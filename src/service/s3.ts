import { background, type Limits, type Publish } from '../core/index.ts';
import { type S3Ability, type S3Storage, s3Storage } from '../storage/index.ts';
import { type Configuration, type ConfiguredS3Storage, partBytesOf } from './configuration/index.ts';
import { StartError } from './start-error.ts';

const SWEEP_EVERY_MS = 6 * 3_600_000;

/** Opens the storage that a configuration describes. @throws StartError */
export async function openS3(name: string, { s3 }: ConfiguredS3Storage): Promise<S3Storage> {
  const { encryption, encryptionKey, connectTimeout, requestTimeout, ...options } = s3;
  try {
    return await s3Storage({
      ...options,
      partBytes: partBytesOf(s3),
      connectTimeoutMs: connectTimeout,
      requestTimeoutMs: requestTimeout,
      ...(encryption && {
        encryption: encryption === 'AES256' ? { kind: encryption } : { kind: encryption, keyId: encryptionKey },
      }),
    });
  } catch (error) {
    throw new StartError(`The storage ${name} can't be opened: ${error instanceof Error ? error.message : 'unknown'}`, {
      cause: error,
    });
  }
}

/** Tries what a configured service can. @throws StartError where there is no such storage */
export async function* checkStorage({ storages }: Configuration, name: string): AsyncGenerator<S3Ability> {
  const configured = storages[name];
  if (configured?.kind !== 's3') {
    const known = Object.entries(storages).flatMap(([other, { kind }]) => (kind === 's3' ? [other] : []));
    throw new StartError(
      `There is no storage ${name} of S3 in the configuration; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}`,
    );
  }
  await using storage = await openS3(name, configured);
  yield* storage.check();
}

interface S3SweeperParts {
  readonly limits: Pick<Limits, 'partialKeepMs'>;
  readonly log: Publish;
}

/** Removes what uploads to a bucket left that nobody goes on with, now and every six hours. */
export class S3Sweeper implements AsyncDisposable {
  readonly #storage: S3Storage;
  readonly #parts: S3SweeperParts;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #last: Promise<void> = Promise.resolve();

  constructor(storage: S3Storage, parts: S3SweeperParts) {
    this.#storage = storage;
    this.#parts = parts;
    this.#timer = setInterval(() => this.#begin(), SWEEP_EVERY_MS).unref();
    this.#begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#last;
  }

  #begin(): void {
    this.#last = this.#last.then(() => this.#sweep());
    background(this.#last, () => undefined);
  }

  async #sweep(): Promise<void> {
    const { limits, log } = this.#parts;
    const { signal } = this.#stop;
    try {
      const { partials, abandoned } = await this.#storage.sweep(limits.partialKeepMs, signal);
      const message = `Removed what uploads to a bucket left: ${abandoned} cut off, ${partials} interrupted for too long`;
      if (partials + abandoned > 0) log({ event: 'notice', message });
    } catch (error) {
      const message = 'Left-overs of uploads to a bucket could not be removed';
      if (!signal.aborted) log({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
  }
}
