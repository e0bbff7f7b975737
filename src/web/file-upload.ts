import { createHash, type Hash, randomBytes } from 'node:crypto';
import type { Files, Limits, OpenTransfer, StoredEntry, Upload, VirtualPath, WriteOptions } from '../core/index.ts';
import type { WebUpload } from './contract.ts';
import { failureOf, WebFailure } from './problem.ts';

/** A session, as far as its uploads need to know one. */
export interface UploadingSession {
  readonly files: Files;
  readonly settings: { readonly limits: Limits };
  readonly signal: AbortSignal;
  beginTransfer(direction: 'upload', path: VirtualPath, entry: undefined, totalBytes: number | undefined): OpenTransfer;
  endTransfer(transfer: OpenTransfer, ...how: Parameters<OpenTransfer['finished']>): void;
}

interface FileUploadParts {
  readonly session: UploadingSession;
  readonly path: VirtualPath;
  readonly size: number;
  readonly modified?: Date | undefined;
  /** A file stands there that it replaces. */
  readonly isReplacing: boolean;
  /**
   * The storage keeps what came between two requests, as it keeps an interrupted upload: what was acknowledged outlives the process.
   * Otherwise the upload stays open between them.
   */
  readonly isKept: boolean;
  /** How much is there already, and its hash. */
  readonly offset?: number;
  readonly hash?: Hash;
}

/** One file that is being uploaded, by as many requests as its client likes. Nothing of it is seen before the commit. */
export class FileUpload {
  readonly id = randomBytes(16).toString('base64url');
  readonly path: VirtualPath;
  readonly size: number;
  readonly #parts: FileUploadParts;
  readonly #onEnd: () => void;
  readonly #idle: NodeJS.Timeout;
  /** The first `#offset` bytes. */
  #hash: Hash;
  #offset: number;
  /** Between two requests, where the storage does not keep it. */
  #open: Upload | undefined;
  #transfer: OpenTransfer | undefined;
  #running: Promise<unknown> | undefined;
  #hasEnded = false;

  constructor(parts: FileUploadParts, onEnd: () => void) {
    this.path = parts.path;
    this.size = parts.size;
    this.#parts = parts;
    this.#onEnd = onEnd;
    this.#offset = parts.offset ?? 0;
    this.#hash = parts.hash ?? createHash('sha256');
    const { webUploadIdleMs } = parts.session.settings.limits;
    this.#idle = setTimeout(() => this.#timeOut(), webUploadIdleMs);
    this.#idle.unref();
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  get shown(): WebUpload {
    return { id: this.id, path: this.path, size: this.size, offset: this.#offset };
  }

  /** Takes bytes from `offset` on. What came of them stays, however the request ends. Gives how many there are now. */
  append(body: AsyncIterable<Uint8Array>, offset: number): Promise<number> {
    return this.#alone(async () => {
      if (offset !== this.#offset) throw this.#misplaced(`The upload has ${this.#offset} bytes: go on there`);
      await this.#write(body);
      return this.#offset;
    });
  }

  /** Publishes it. @throws WebFailure `incomplete`, or `checksum`, behind which nothing is left of it */
  commit(sha256: string | undefined): Promise<{ readonly entry: StoredEntry; readonly sha256: string }> {
    return this.#alone(async () => {
      if (this.#offset !== this.size)
        throw this.#misplaced(`The upload has ${this.#offset} of ${this.size} bytes`, 'incomplete');
      const hex = this.#hash.copy().digest('hex');
      if (sha256 !== undefined && sha256 !== hex) {
        const failure = new WebFailure(
          422,
          'checksum',
          'The file that came is not the one that was sent: send it anew',
        );
        await this.#discard(failure.status, failure.message);
        throw failure;
      }
      return { entry: await this.#publish(), sha256: hex };
    });
  }

  /** Forgets it. */
  discard(): Promise<void> {
    return this.#alone(() => this.#discard(204, 'its client gave it up'));
  }

  /** Ends it here, so that another session can go on where the storage keeps what came. Waits for what runs. */
  async putAside(reason: string): Promise<void> {
    await this.#running?.catch(() => undefined);
    if (this.#hasEnded) return;
    const kept = this.#parts.isKept ? this.#offset > 0 : (await this.#open?.suspend()) !== undefined;
    this.#end('cut', kept ? 'kept-partial' : 'discarded', 408, reason);
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running) throw new WebFailure(409, 'busy', 'Another request works on this upload: wait for its answer');
    if (this.#hasEnded) throw new WebFailure(404, 'not-found', 'The upload has ended');
    const running = work();
    this.#running = running;
    try {
      return await running;
    } finally {
      this.#running = undefined;
      this.#idle.refresh();
    }
  }

  async #write(body: AsyncIterable<Uint8Array>): Promise<void> {
    const { isKept } = this.#parts;
    const from = this.#offset;
    const upload = this.#open ?? (await this.#begin());
    const transfer = this.#transferring;
    let taken = 0;
    try {
      for await (const bytes of body) {
        if (from + taken + bytes.length > this.size) {
          throw new WebFailure(413, 'too-large', `The upload was said to have ${this.size} bytes, and more came`);
        }
        await transfer.admit(bytes.length);
        await writeTo(upload, bytes);
        this.#hash.update(bytes);
        transfer.moved(from + taken, bytes.length);
        taken += bytes.length;
      }
    } finally {
      if (isKept) await this.#settle(upload, from + taken);
      else this.#offset = from + taken;
    }
  }

  /** The storage keeps what came. Where it kept less, the bytes before are there no more to be hashed: all begins anew. */
  async #settle(upload: Upload, expected: number): Promise<void> {
    const kept = await upload.suspend();
    if ((kept?.size ?? 0) === expected) {
      this.#offset = expected;
      return;
    }
    this.#offset = 0;
    this.#hash = createHash('sha256');
  }

  async #begin(): Promise<Upload> {
    const { session, isReplacing, isKept, modified } = this.#parts;
    const options: WriteOptions = {
      // Whoever publishes a file there meanwhile must not find it mixed with this one.
      exclusive: !isReplacing,
      expectedSize: this.size,
      ...(isKept && { at: this.#offset }),
      ...(modified && { modified }),
    };
    const upload = await session.files.write(this.path, { ...options, signal: session.signal });
    if (!isKept) this.#open = upload;
    return upload;
  }

  async #publish(): Promise<StoredEntry> {
    const { session, modified } = this.#parts;
    const { files } = session;
    const transfer = this.#transferring;
    try {
      const upload = this.#open ?? (await this.#begin());
      const entry = await upload.commit();
      this.#end('clean', 'complete', 200, undefined, transfer);
      const isDue = modified && entry.modified.getTime() !== modified.getTime();
      if (isDue && files.can('set-modified', this.path) && files.allows('times', this.path)) {
        await files.setAttributes(this.path, { modified });
        return { ...entry, modified };
      }
      return entry;
    } catch (error) {
      const { status, message } = failureOf(error);
      this.#end('clean', 'discarded', status, message, transfer);
      throw error;
    }
  }

  async #discard(status: number, reason: string): Promise<void> {
    const { isKept } = this.#parts;
    const upload = this.#open ?? (isKept && this.#offset > 0 ? await this.#begin() : undefined);
    await upload?.discard();
    this.#end('clean', 'discarded', status, reason);
  }

  get #transferring(): OpenTransfer {
    const { session } = this.#parts;
    this.#transfer ??= session.beginTransfer('upload', this.path, undefined, this.size);
    return this.#transfer;
  }

  #end(
    ending: 'clean' | 'cut',
    outcome: 'complete' | 'kept-partial' | 'discarded',
    reply: number,
    reason: string | undefined,
    transfer = this.#transfer,
  ): void {
    this.#hasEnded = true;
    clearTimeout(this.#idle);
    if (transfer) this.#parts.session.endTransfer(transfer, ending, outcome, reply, reason);
    this.#onEnd();
  }

  #timeOut(): void {
    if (this.#running) this.#idle.refresh();
    else this.putAside('no chunk came for too long').catch(() => undefined);
  }

  #misplaced(message: string, code = 'offset'): WebFailure {
    return new WebFailure(409, code, message, { 'upload-offset': String(this.#offset) });
  }
}

function writeTo({ sink }: Upload, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
