import type { Writable } from 'node:stream';
import { background, type Entry, StorageError, type StoredEntry, type Upload } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { OutgoingSink } from './outgoing-sink.ts';
import { storageEntry } from './remote-entries.ts';
import { storageFailure } from './storage-failure.ts';
import type { Destination } from './upload-destination.ts';

/** An upload that goes on for as long as the caller writes. Until it ends it has a connection for itself. */
export class RemoteUpload implements Upload {
  readonly #pool: Pool;
  readonly #destination: Destination;
  readonly #sink = new OutgoingSink();
  /** Ends the transfer at once, whatever is still on its way. */
  readonly #breakOff = new AbortController();
  /** The server has said that it takes the bytes, or does not say such things. */
  readonly #begun = Promise.withResolvers<void>();
  readonly #transfer: Promise<Entry | undefined>;
  #hasEnded = false;
  /** Why the sink was destroyed. */
  #reason: Error = new StorageError('aborted', 'The upload was broken off');

  private constructor(pool: Pool, destination: Destination, signal: AbortSignal | undefined) {
    this.#pool = pool;
    this.#destination = destination;
    const onAbort = (): void =>
      this.#cut(new StorageError('aborted', 'The upload was aborted', { cause: signal?.reason }));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#transfer = this.#run(signal).finally(() => signal?.removeEventListener('abort', onAbort));
    background(this.#transfer, (error) => this.#break(error));
  }

  /** Resolves when the server takes bytes. @throws StorageError */
  static async begin(pool: Pool, destination: Destination, signal: AbortSignal | undefined): Promise<RemoteUpload> {
    const upload = new RemoteUpload(pool, destination, signal);
    try {
      await Promise.race([upload.#begun.promise, upload.#transfer]);
      return upload;
    } catch (error) {
      throw await destination.failure(error);
    }
  }

  get sink(): Writable {
    return this.#sink;
  }

  replaces(): Promise<Entry | undefined> {
    return this.#destination.replaces();
  }

  async commit(): Promise<StoredEntry> {
    if (!this.#isFirst()) throw new StorageError('aborted', 'The upload has ended already');
    try {
      if (this.#sink.destroyed) throw this.#reason;
      // It keeps its own connection until it ends: to wait for another one here could be to wait for ever.
      if (this.#pool.hasRoom) await this.#destination.check();
      this.#sink.decide('whole');
      return await this.#destination.publish(this.#sink.bytes, await this.#transfer);
    } catch (error) {
      const failure = await this.#destination.failure(error);
      const left = await this.#drop();
      if (left === undefined) throw failure;
      throw new StorageError(failure.code, `${failure.message}; ${left}`, { cause: failure });
    }
  }

  async suspend(): Promise<Entry | undefined> {
    if (!this.#isFirst()) return undefined;
    if (!this.#sink.destroyed) this.#sink.decide('part');
    await this.#transfer.catch(() => undefined);
    return this.#destination.keep();
  }

  async discard(): Promise<void> {
    const left = this.#isFirst() ? await this.#drop() : undefined;
    if (left !== undefined) throw new StorageError('io', `What was sent could not be removed: ${left}`);
  }

  #isFirst(): boolean {
    const isFirst = !this.#hasEnded;
    this.#hasEnded = true;
    return isFirst;
  }

  /** Gives what the server tells of the file behind it. */
  async #run(signal: AbortSignal | undefined): Promise<Entry | undefined> {
    const { path, at, permissions } = this.#destination;
    const { told } = await this.#pool.use(signal, (session) =>
      session.send({
        path,
        at,
        permissions,
        type: 'binary',
        signal: this.#breakOff.signal,
        onOpening: () => this.#begun.resolve(),
        source: () => {
          this.#beginIn(this.#pool.settings.limits.abortMs);
          return this.#sink.chunks();
        },
        isPart: () => this.#sink.isPart,
        question: 'entry',
      }),
    );
    return told.entry && storageEntry(told.entry);
  }

  /** A refusal may come behind the data connection; servers that omit the 1yz are waited for no longer than this. */
  #beginIn(ms: number): void {
    const timer = setTimeout(() => this.#begun.resolve(), ms).unref();
    background(
      this.#begun.promise.then(() => clearTimeout(timer)),
      () => undefined,
    );
  }

  /** The server ended it, and the writer learns of it. */
  #break(error: unknown): void {
    if (this.#sink.destroyed) return;
    if (error instanceof Error) this.#reason = error;
    this.#sink.destroy(storageFailure(error));
  }

  /** What was handed over may still arrive, for a moment, so that the upload can be gone on with. */
  #cut(reason?: StorageError): void {
    if (this.#sink.destroyed) return;
    if (reason) this.#reason = reason;
    this.#sink.destroy(reason);
    const timer = setTimeout(() => this.#breakOff.abort(), this.#pool.settings.limits.abortMs);
    background(
      this.#transfer.finally(() => clearTimeout(timer)),
      () => undefined,
    );
  }

  async #drop(): Promise<string | undefined> {
    this.#cut();
    await this.#transfer.catch(() => undefined);
    return this.#destination.forget();
  }
}
