import { randomUUID } from 'node:crypto';
import { type Endings, type Entry, type StoredEntry, type WriteOptions } from '../../core/index.ts';
import type { Condition, Metadata, ObjectInfo } from './bucket.ts';
import { published } from './confirmation.ts';
import { fileEntry, metadataOver, UPLOAD } from './entries.ts';
import { reasonOf } from './failures.ts';
import { interruptedEntry } from './interrupted.ts';
import type { MultipartBucket, OpenMultipart } from './multipart-bucket.ts';
import { fetched } from './open-read.ts';
import { Packer } from './packer.ts';
import type { Held, PartSink } from './part-sink.ts';
import type { SharedUploads } from './shared.ts';
import { type Around, around, checkReplaceable, type ObjectRange, type Plan, sizeOf } from './upload-plan.ts';

/** How often an append begins anew because the file was changed while it was put together. */
const MAX_APPEND_TRIES = 20;

/** The upload in parts of one upload: its own, or that of an interrupted one that it goes on with. */
export interface UploadMultipart {
  /** Stands in the metadata of the file, and of no other. */
  readonly id: string;
  /** Of a file that needs no parts. */
  readonly metadata: Metadata;
  /** Undefined as long as nothing was sent. */
  readonly opened: Promise<OpenMultipart> | undefined;
  open(): Promise<OpenMultipart>;
}

/** One which begins with the first part that is sent. */
export class LazyMultipart implements UploadMultipart {
  readonly id: string = randomUUID();
  readonly metadata: Metadata;
  readonly #bucket: MultipartBucket;
  readonly #shared: SharedUploads;
  readonly #key: string;
  #opened: Promise<OpenMultipart> | undefined;

  constructor(
    bucket: MultipartBucket,
    shared: SharedUploads,
    key: string,
    replaced: ObjectInfo | undefined,
    modified?: Date,
  ) {
    this.#bucket = bucket;
    this.#shared = shared;
    this.#key = key;
    this.metadata = { ...metadataOver(replaced, modified, bucket.settings), [UPLOAD]: this.id };
  }

  get opened(): Promise<OpenMultipart> | undefined {
    return this.#opened;
  }

  /** Nothing is sent before an object tells whose the parts are. */
  open(): Promise<OpenMultipart> {
    this.#opened ??= this.#begun().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #begun(): Promise<OpenMultipart> {
    const opened = await this.#bucket.create(this.#key, this.metadata);
    try {
      await this.#shared.underWay.begin(opened, this.id);
      return opened;
    } catch (error) {
      await this.#bucket.abort(opened).catch(() => {});
      throw error;
    }
  }
}

export interface S3UploadParts {
  readonly bucket: MultipartBucket;
  readonly shared: SharedUploads;
  readonly key: string;
  readonly name: string;
  readonly plan: Plan;
  readonly options: WriteOptions;
  readonly sink: PartSink;
  readonly multipart: UploadMultipart;
}

/** How an upload becomes an object, or is kept, or goes. */
export class S3Endings implements Endings {
  readonly #parts: S3UploadParts;
  readonly #mark = Symbol('upload');

  constructor(parts: S3UploadParts) {
    this.#parts = parts;
    parts.shared.targets.set(this.#mark, parts.key);
  }

  async replaces(): Promise<Entry | undefined> {
    const { bucket, shared, key, name } = this.#parts;
    const info = await bucket.head(key);
    if (info) return fileEntry(name, info, bucket.settings);
    const kept = await shared.interrupted.find(key);
    return kept && interruptedEntry(name, kept);
  }

  async commit(): Promise<StoredEntry> {
    const { bucket, shared, key, name } = this.#parts;
    const held = await this.#parts.sink.held();
    return shared.turns.take(key, async () => {
      const [{ now, before }, kept] = await Promise.all([this.#published(held), shared.interrupted.find(key)]);
      const replaced = before ? fileEntry(name, before, bucket.settings) : kept && interruptedEntry(name, kept);
      shared.targets.delete(this.#mark);
      const warning = await this.#tidied(kept);
      const entry = fileEntry(name, now, bucket.settings);
      return { ...entry, ...(replaced && { replaced }), ...(warning !== undefined && { warning }) };
    });
  }

  async suspend(): Promise<Entry | undefined> {
    const { bucket, shared, key, name, plan, sink } = this.#parts;
    const { sent, head, tail } = await sink.beginning();
    const isOf = plan.base !== undefined || (await bucket.head(key)) !== undefined;
    const size = sent.reduce((sum, part) => sum + part.size, 0) + (head?.length ?? 0) + tail.length;
    // A part is of no use without the published file that it goes on with.
    if (isOf || size === 0) {
      await this.discard();
      return undefined;
    }
    if (head) await bucket.sendPart(await this.#parts.multipart.open(), this.#headNumber(sent), head);
    const opened = await this.#parts.multipart.opened;
    const { id } = this.#parts.multipart;
    const kept = await shared.interrupted.keep(key, { multipart: opened, id, sent: size - tail.length }, tail);
    if (opened) await shared.underWay.end(opened);
    shared.targets.delete(this.#mark);
    return interruptedEntry(name, kept);
  }

  async discard(): Promise<void> {
    const { shared, sink, multipart } = this.#parts;
    shared.targets.delete(this.#mark);
    try {
      await sink.beginning();
      const opened = await multipart.opened;
      // Another process may go on with the parts.
      if (opened && shared.underWay.isMine(opened.uploadId)) await shared.interrupted.abort(opened);
    } catch {
      // What says that it is under way gets old, and the sweep removes the parts.
    }
  }

  async #published(held: Held): Promise<{ readonly now: ObjectInfo; readonly before: ObjectInfo | undefined }> {
    const { bucket, key, plan, options } = this.#parts;
    for (let tries = 1; ; tries += 1) {
      const [before, isDirectory] = await Promise.all([bucket.head(key), bucket.hasBelow(`${key}/`)]);
      checkReplaceable(isDirectory, before, options);
      const place = around(plan, before, this.#parts.sink.size);
      try {
        return { now: await this.#publish(held, place, this.#condition(before)), before };
      } catch (error) {
        if (reasonOf(error) !== 'precondition' && reasonOf(error) !== 'missing') throw error;
        // What was looked at was changed meanwhile: looking again tells what that means.
        if (tries >= MAX_APPEND_TRIES) throw error;
      }
    }
  }

  #condition(before: ObjectInfo | undefined): Condition {
    const { plan, options } = this.#parts;
    const goesOn = plan.isAppended || plan.base !== undefined || options.existing === true;
    if (before) return goesOn ? { ifMatch: before.etag } : {};
    return plan.isAppended || options.exclusive === true ? { ifNoneMatch: '*' } : {};
  }

  async #publish(held: Held, place: Around, condition: Condition): Promise<ObjectInfo> {
    const { bucket, key, multipart, sink } = this.#parts;
    const { id } = multipart;
    const size = sizeOf(place.before) + sink.size + sizeOf(place.behind);
    if (multipart.opened === undefined && size <= bucket.settings.partBytes) {
      const body = Buffer.concat([await this.#bytes(place.before), held.tail, await this.#bytes(place.behind)]);
      let isConfirmed = false;
      const publish = async (): Promise<void> => {
        await bucket.put(key, body, multipart.metadata, condition);
        isConfirmed = true;
      };
      return published(bucket, { key, id, size, publish, isOpen: async () => !isConfirmed });
    }
    const to = await multipart.open();
    const parts = await this.#packed(to, held, place);
    const publish = (): Promise<void> => bucket.complete(to, parts, condition);
    const isOpen = (): Promise<boolean> => bucket.isOpen(to);
    return published(bucket, { key, id, size, publish, isOpen });
  }

  async #packed(to: OpenMultipart, { sent, head, tail }: Held, { before, behind }: Around) {
    const packer = new Packer(this.#parts.bucket, to);
    if (before) await packer.range(before.of, before.start, before.end);
    if (head) await packer.bytes(head);
    await packer.sent(sent);
    await packer.bytes(tail);
    if (behind) await packer.range(behind.of, behind.start, behind.end);
    return packer.end();
  }

  async #bytes(range: ObjectRange | undefined): Promise<Buffer> {
    const { bucket } = this.#parts;
    return range ? fetched(bucket, range.of, { ...range, signal: undefined }) : Buffer.alloc(0);
  }

  #headNumber(sent: Held['sent']): number {
    return (sent[0]?.number ?? 2) - 1;
  }

  /** Gives what could not be tidied up behind a file that is published. */
  async #tidied(kept: Awaited<ReturnType<SharedUploads['interrupted']['find']>>): Promise<string | undefined> {
    const { shared, multipart } = this.#parts;
    try {
      const opened = await multipart.opened;
      if (opened) await shared.underWay.end(opened);
      if (kept) await shared.interrupted.drop(kept);
      return undefined;
    } catch {
      return 'What an earlier upload of this name left could not be removed';
    }
  }
}
