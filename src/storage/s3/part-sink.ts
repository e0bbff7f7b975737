import { Writable } from 'node:stream';
import { background, StorageError } from '../../core/index.ts';
import { storageError } from './failures.ts';
import type { MultipartBucket, OpenMultipart, Part, StoredPart } from './multipart-bucket.ts';
import { PartBuffer } from './part-buffer.ts';
import { MAX_PARTS } from './settings.ts';

/** After so many parts they get twice as large, so that their number suffices for large files. */
const PARTS_OF_ONE_SIZE = 2000;

interface Sending {
  readonly number: number;
  readonly size: number;
  readonly done: Promise<Part | undefined>;
}

interface SinkParts {
  readonly bucket: MultipartBucket;
  /** Begins the upload in parts, where none has begun. */
  readonly multipart: () => Promise<OpenMultipart>;
  /** What an interrupted upload has sent. */
  readonly sent: readonly StoredPart[];
  readonly tail: Buffer;
  readonly firstNumber: number;
  /** Whether the first part must stay in memory, for something may have to come before it. */
  readonly holdsHead: boolean;
}

/** What `PartSink` holds once nothing comes any more. */
export interface Held {
  readonly sent: readonly StoredPart[];
  /** The first part, where it was held back and others were sent. */
  readonly head: Buffer | undefined;
  /** What comes behind the parts. */
  readonly tail: Buffer;
}

/**
 * Cuts what comes into parts and sends them, a few at once. It holds one part that fills and those that are being sent,
 * and takes no more until there is room. Up to the first part nothing is sent.
 */
export class PartSink extends Writable {
  readonly #parts: SinkParts;
  readonly #sent: Sending[];
  #underWay = 0;
  #wake: (() => void) | undefined;
  #failure: StorageError | undefined;
  #head: Buffer | undefined;
  #buffer: PartBuffer;
  #taking: Promise<void> = Promise.resolve();
  #number: number;

  constructor(parts: SinkParts) {
    super();
    this.#parts = parts;
    this.#sent = parts.sent.map((part) => ({ ...part, done: Promise.resolve(part) }));
    this.#number = (parts.sent.at(-1)?.number ?? parts.firstNumber - 1) + 1;
    this.#buffer = this.#newBuffer();
    this.#taking = this.#take(parts.tail);
    // Whoever writes or ends it hears of a failure.
    background(this.#taking, () => undefined);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#taking = this.#taking.then(() => this.#take(chunk));
    background(this.#report(callback), () => undefined);
  }

  /** Bytes that came, with those of the interrupted upload. */
  get size(): number {
    return this.#sent.reduce((sum, { size }) => sum + size, 0) + (this.#head?.length ?? 0) + this.#buffer.size;
  }

  /** Waits for what is being sent. @throws StorageError where a part could not be sent */
  async held(): Promise<Held> {
    const { sent, isWhole } = await this.#settled();
    if (!isWhole) throw this.#failure ?? new StorageError('io', 'A part could not be sent');
    return { sent, head: this.#head, tail: this.#buffer.bytes };
  }

  /** The same up to the first byte that could not be sent. */
  async beginning(): Promise<Held> {
    const { sent, isWhole } = await this.#settled();
    return { sent, head: this.#head, tail: isWhole ? this.#buffer.bytes : Buffer.alloc(0) };
  }

  async #report(callback: (error?: Error | null) => void): Promise<void> {
    try {
      await this.#taking;
    } catch (error) {
      callback(storageError(error));
      return;
    }
    callback();
  }

  async #settled(): Promise<{ readonly sent: StoredPart[]; readonly isWhole: boolean }> {
    await this.#taking.catch(() => {});
    const sent: StoredPart[] = [];
    const done = await Promise.all(this.#sent.map(({ done }) => done));
    for (const [index, part] of done.entries()) {
      if (part === undefined) return { sent, isWhole: false };
      sent.push({ ...part, size: this.#sent[index]?.size ?? 0 });
    }
    return { sent, isWhole: this.#failure === undefined };
  }

  async #take(chunk: Buffer): Promise<void> {
    for (let rest = this.#buffer.take(chunk); rest.length > 0; rest = this.#buffer.take(rest)) {
      const { bytes } = this.#buffer;
      if (this.#parts.holdsHead && this.#head === undefined && this.#sent.length === 0) {
        this.#head = bytes;
        this.#number += 1;
      } else {
        await this.#send(bytes);
      }
      this.#buffer = this.#newBuffer();
    }
  }

  async #send(bytes: Buffer): Promise<void> {
    const { bucket, multipart } = this.#parts;
    if (this.#number > MAX_PARTS)
      throw new StorageError('no-space', 'The file has more parts than the storage service takes');
    while (this.#underWay >= bucket.settings.partsAtOnce && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    const to = await multipart();
    const number = this.#number;
    this.#number += 1;
    this.#underWay += 1;
    const done = bucket
      .sendPart(to, number, bytes)
      .catch((error: unknown) => {
        this.#failure ??= storageError(error);
        return undefined;
      })
      .finally(() => {
        this.#underWay -= 1;
        this.#wake?.();
      });
    this.#sent.push({ number, size: bytes.length, done });
  }

  #newBuffer(): PartBuffer {
    const { bucket, firstNumber } = this.#parts;
    const count = Math.max(0, this.#number - firstNumber);
    return new PartBuffer(bucket.settings.partBytes * 2 ** Math.floor(count / PARTS_OF_ONE_SIZE));
  }
}
