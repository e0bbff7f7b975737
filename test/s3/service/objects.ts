import { createHash, randomBytes } from 'node:crypto';
import { S3Refusal } from './refusal.ts';

const MIN_PART_BYTES = 5 * 1024 ** 2;
const MAX_PARTS = 10_000;

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredUpload {
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, StoredObject>;
}

export interface Condition {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** The objects and the open uploads of one bucket. */
export class Objects {
  readonly stored = new Map<string, StoredObject>();
  readonly uploads = new Map<string, StoredUpload>();

  get(key: string): StoredObject {
    const found = this.stored.get(key);
    if (found === undefined) throw new S3Refusal(404, 'NoSuchKey');
    return found;
  }

  put(key: string, object: StoredObject, condition: Condition): void {
    this.check(key, condition);
    if (Buffer.byteLength(key) > 1024) throw new S3Refusal(400, 'KeyTooLongError');
    this.stored.set(key, object);
  }

  check(key: string, { ifMatch, ifNoneMatch }: Condition): void {
    const there = this.stored.get(key);
    if (ifNoneMatch === '*' && there) throw new S3Refusal(412, 'PreconditionFailed');
    if (ifMatch === undefined) return;
    if (there === undefined) throw new S3Refusal(404, 'NoSuchKey');
    if (there.etag !== ifMatch) throw new S3Refusal(412, 'PreconditionFailed');
  }

  create(key: string, metadata: StoredUpload['metadata']): string {
    const id = randomBytes(16).toString('hex');
    this.uploads.set(id, { key, metadata, parts: new Map() });
    return id;
  }

  upload(key: string, id: string): StoredUpload {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) throw new S3Refusal(404, 'NoSuchUpload');
    return upload;
  }

  part(key: string, id: string, number: number, body: Buffer): string {
    const upload = this.upload(key, id);
    if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) throw new S3Refusal(400, 'InvalidArgument');
    const part = objectOf(body, {});
    upload.parts.set(number, part);
    return part.etag;
  }

  complete(key: string, id: string, listed: readonly { number: number; etag: string }[], condition: Condition): string {
    const upload = this.upload(key, id);
    this.check(key, condition);
    const bodies = listed.map(({ number, etag }, index) => {
      if (number <= (listed[index - 1]?.number ?? 0)) throw new S3Refusal(400, 'InvalidPartOrder');
      const part = upload.parts.get(number);
      if (part?.etag !== etag) throw new S3Refusal(400, 'InvalidPart');
      if (index < listed.length - 1 && part.body.length < MIN_PART_BYTES) throw new S3Refusal(400, 'EntityTooSmall');
      return part;
    });
    if (bodies.length === 0) throw new S3Refusal(400, 'MalformedXML');
    const digest = md5(Buffer.concat(bodies.map(({ etag }) => Buffer.from(etag, 'hex'))));
    const etag = `${digest}-${bodies.length}`;
    const body = Buffer.concat(bodies.map((part) => part.body));
    this.stored.set(key, { body, etag, modified: new Date(), metadata: upload.metadata });
    this.uploads.delete(id);
    return etag;
  }
}

export function objectOf(body: Buffer, metadata: StoredObject['metadata']): StoredObject {
  return { body, etag: md5(body), modified: new Date(), metadata };
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
