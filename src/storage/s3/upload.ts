import { endingOnce, StorageError, type Upload, type VirtualPath, type WriteOptions } from '../../core/index.ts';
import { destroyOnAbort } from '../cancellation.ts';
import { writePosition } from '../ranges.ts';
import type { ObjectInfo } from './bucket.ts';
import type { Claimed, Interrupted } from './interrupted.ts';
import type { Keys } from './keys.ts';
import { type Lookup, nameOf } from './lookup.ts';
import type { MultipartBucket, OpenMultipart } from './multipart-bucket.ts';
import { PartSink } from './part-sink.ts';
import type { SharedUploads } from './shared.ts';
import { LazyMultipart, S3Endings, type UploadMultipart } from './upload-endings.ts';
import { checkReplaceable, type Plan } from './upload-plan.ts';

/** Parts before these are for what has to come before an upload: as many as hold the largest object, copied. */
const PARTS_BEFORE = 1000;

export interface S3UploadPlace {
  readonly bucket: MultipartBucket;
  readonly keys: Keys;
  readonly lookup: Lookup;
  readonly shared: SharedUploads;
}

/** Begins an upload, where REST asks, behind what is there (RFC 3659 section 5). */
export async function openUpload(place: S3UploadPlace, path: VirtualPath, options: WriteOptions): Promise<Upload> {
  const { bucket, keys, lookup, shared } = place;
  const { signal } = options;
  const [found] = await Promise.all([lookup.at(path, signal), lookup.needsParent(path, signal)]);
  const published = found?.kind === 'file' ? found.info : undefined;
  checkReplaceable(found?.kind === 'directory', published, options);
  const key = keys.file(path);
  const { plan, claimed } = await start(shared, key, published, options);
  const fresh = new LazyMultipart(bucket, shared, key, published, options.modified);
  const multipart = claimed?.multipart ? resumed(claimed, claimed.multipart) : fresh;
  const sent = claimed?.parts ?? [];
  const sink = new PartSink({
    bucket,
    multipart: () => multipart.open(),
    sent,
    tail: claimed?.tail ?? Buffer.alloc(0),
    firstNumber: sent[0]?.number ?? (plan.isAppended || plan.base ? PARTS_BEFORE + 1 : 1),
    holdsHead: sent.length === 0 && (plan.isAppended || plan.base !== undefined),
  });
  destroyOnAbort(sink, signal);
  return endingOnce(sink, new S3Endings({ bucket, shared, key, name: nameOf(path), plan, options, sink, multipart }));
}

function resumed({ id }: Claimed, multipart: OpenMultipart): UploadMultipart {
  const opened = Promise.resolve(multipart);
  return { id, metadata: {}, opened, open: () => opened };
}

async function start(
  shared: SharedUploads,
  key: string,
  published: ObjectInfo | undefined,
  { at, exclusive = false, signal }: WriteOptions,
): Promise<{ readonly plan: Plan; readonly claimed?: Claimed }> {
  if (at === undefined) return { plan: { base: undefined, position: 0, isAppended: false, expected: undefined } };
  if (published) {
    const position = writePosition(at, published.size);
    const isAppended = position === published.size;
    const expected = isAppended && at !== 'end' ? position : undefined;
    return { plan: { base: published, position, isAppended, expected } };
  }
  const plan = { base: undefined, position: 0, isAppended: at === 'end' && !exclusive, expected: undefined };
  return shared.turns.take(key, async () => {
    const left = await shared.interrupted.findAny(key, signal);
    const position = writePosition(at, left?.size ?? 0);
    if (left === undefined) return { plan };
    if (position === 0) {
      await shared.interrupted.drop(left);
      return { plan };
    }
    return { plan, claimed: await claim(shared, left, position) };
  });
}

/** The service gives no bytes of a part back: within one nothing can go on. */
async function claim(shared: SharedUploads, left: Interrupted, position: number): Promise<Claimed> {
  if (position < left.sent) {
    const message = `This upload can be resumed at ${left.sent} and behind it, or at 0`;
    throw new StorageError('bad-offset', message);
  }
  const claimed = await shared.interrupted.claim(left);
  if (claimed === undefined) throw new StorageError('bad-offset', 'The interrupted upload is not there any more');
  return { ...claimed, tail: claimed.tail.subarray(0, position - left.sent) };
}
