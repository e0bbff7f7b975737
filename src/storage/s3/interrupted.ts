import type { Entry } from '../../core/index.ts';
import type { ObjectInfo } from './bucket.ts';
import { UPLOAD } from './entries.ts';
import { reasonOf } from './failures.ts';
import type { Keys } from './keys.ts';
import type { MultipartBucket, OpenMultipart, StoredPart } from './multipart-bucket.ts';
import type { Beat, UnderWay } from './under-way.ts';

const UPLOAD_ID = 'upload-id';
const SENT = 'sent';

/** An upload that can be gone on with. */
export interface Interrupted {
  /** Bytes of it in all. */
  readonly size: number;
  readonly modified: Date;
  /** Its parts; absent where it had none. */
  readonly multipart: OpenMultipart | undefined;
  /** What stands in the metadata of the file that the parts will be. */
  readonly id: string;
  /** Bytes in the parts: those behind them are in the object that keeps it. */
  readonly sent: number;
  /** The object that keeps it; absent where its process ended without a word. */
  readonly record: ObjectInfo | undefined;
  readonly beat: Beat | undefined;
}

type KeptParts = Pick<Interrupted, 'multipart' | 'id' | 'sent'>;

/** What a claim gives. */
export interface Claimed {
  readonly multipart: OpenMultipart | undefined;
  readonly id: string;
  readonly parts: readonly StoredPart[];
  readonly tail: Buffer;
}

/**
 * Interrupted uploads. The service keeps the parts of one, and an object of ours the bytes behind them, which are too few
 * for a part. So any process goes on with it, with nothing on its own disk.
 */
export class InterruptedUploads {
  readonly #bucket: MultipartBucket;
  readonly #keys: Keys;
  readonly #underWay: UnderWay;

  constructor(bucket: MultipartBucket, keys: Keys, underWay: UnderWay) {
    this.#bucket = bucket;
    this.#keys = keys;
    this.#underWay = underWay;
  }

  /** That of a file, by the file's key. */
  async find(key: string, signal?: AbortSignal): Promise<Interrupted | undefined> {
    const record = await this.#bucket.head(this.#keys.interrupted(key), signal);
    return record ? recorded(key, record) : undefined;
  }

  /** Also one whose process has ended without suspending it, which is known by the parts alone. */
  async findAny(key: string, signal?: AbortSignal): Promise<Interrupted | undefined> {
    const found = await this.find(key, signal);
    if (found) return found;
    const left: Interrupted[] = [];
    for (const multipart of await this.#bucket.open(key, signal)) {
      if (this.#underWay.isMine(multipart.uploadId)) continue;
      const beat = await this.#underWay.beat(multipart.uploadId);
      if (beat?.isStale !== true) continue;
      const sent = bytesOf(whole(await this.#bucket.parts(multipart, signal)));
      if (sent > 0) left.push({ ...beat, size: sent, sent, multipart, record: undefined, beat });
    }
    return left.toSorted((one, other) => other.size - one.size)[0];
  }

  /** Takes one for an upload that goes on with it. Undefined where another was faster, or the service has not kept its parts. */
  async claim({ multipart, id, record, sent, beat }: Interrupted): Promise<Claimed | undefined> {
    const tail = record
      ? await this.#bucket.bytes(record.key, { ifMatch: record.etag }).catch(unlessGone)
      : Buffer.alloc(0);
    if (tail === undefined) return undefined;
    const parts = multipart ? await this.#bucket.parts(multipart).then(whole, unlessGone) : [];
    if (multipart && parts) await this.#underWay.begin(multipart, id, beat);
    if (record) await this.#bucket.remove(record.key);
    return parts && bytesOf(parts) === sent ? { multipart, id, parts, tail } : undefined;
  }

  /** Keeps one, in the place of an earlier one. */
  async keep(key: string, { multipart, id, sent }: KeptParts, tail: Buffer): Promise<Interrupted> {
    const earlier = await this.find(key);
    const metadata = {
      [UPLOAD]: id,
      [SENT]: `${sent}`,
      ...(multipart && { [UPLOAD_ID]: multipart.uploadId }),
    };
    const recordKey = this.#keys.interrupted(key);
    await this.#bucket.putAgain(recordKey, tail, metadata);
    if (earlier?.multipart && earlier.multipart.uploadId !== multipart?.uploadId) await this.abort(earlier.multipart);
    const record = await this.#bucket.head(recordKey);
    const modified = record?.modified ?? new Date();
    return { size: sent + tail.length, sent, id, multipart, record, modified, beat: undefined };
  }

  async drop({ multipart, record }: Interrupted): Promise<void> {
    if (multipart) await this.abort(multipart);
    if (record) await this.#bucket.remove(record.key);
  }

  /** Those of the files below a directory, by its key. */
  async *below(directory: string, signal?: AbortSignal): AsyncGenerator<Interrupted> {
    for await (const { objects } of this.#bucket.pages({ prefix: this.#keys.interrupted(directory), signal })) {
      for (const { key } of objects) {
        const found = await this.find(this.#keys.interruptedFile(key), signal);
        if (found) yield found;
      }
    }
  }

  async abort(multipart: OpenMultipart): Promise<void> {
    try {
      await this.#bucket.abort(multipart);
    } catch (error) {
      if (reasonOf(error) !== 'no-upload') throw error;
    }
    await this.#underWay.end(multipart);
  }
}

export function interruptedEntry(name: string, { size, modified }: Interrupted): Entry {
  return { name, kind: 'file', size, modified };
}

function recorded(key: string, record: ObjectInfo): Interrupted {
  const { metadata, modified } = record;
  const uploadId = metadata[UPLOAD_ID];
  const multipart = uploadId === undefined ? undefined : { key, uploadId };
  const sent = Number(metadata[SENT] ?? 0);
  return { size: sent + record.size, sent, id: metadata[UPLOAD] ?? '', modified, multipart, record, beat: undefined };
}

/** The parts from the first one on to where one is missing, for some may have been sent at once. */
function whole(parts: readonly StoredPart[]): StoredPart[] {
  const first = parts[0]?.number ?? 0;
  const gap = parts.findIndex(({ number }, index) => number !== first + index);
  return parts.slice(0, gap < 0 ? undefined : gap);
}

function bytesOf(parts: readonly StoredPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

function unlessGone(error: unknown): undefined {
  const reason = reasonOf(error);
  if (reason !== 'missing' && reason !== 'precondition' && reason !== 'no-upload') throw error;
}
