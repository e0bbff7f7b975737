import { StorageError } from '../../core/index.ts';
import { attempt, Bucket, bare, type Condition, decodeKey, etagOf, type Metadata, type ObjectInfo } from './bucket.ts';
import { reasonOf } from './failures.ts';
import { MAX_PARTS } from './settings.ts';

/** A part that the service has. */
export interface Part {
  readonly number: number;
  readonly etag: string;
}

export interface StoredPart extends Part {
  readonly size: number;
}

/** An upload in parts that has not been completed. */
export interface OpenMultipart {
  readonly key: string;
  readonly uploadId: string;
}

/** The requests of uploads in parts. */
export class MultipartBucket extends Bucket {
  async create(key: string, metadata: Metadata): Promise<OpenMultipart> {
    const { client, sdk } = this.connection;
    return attempt(undefined, async () => {
      const input = { ...this.at(key), ...this.kept(metadata) };
      const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(input));
      if (UploadId === undefined) throw new StorageError('io', 'The storage service began no upload');
      return { key, uploadId: UploadId };
    });
  }

  /** The signature covers the SHA-256 of the bytes, so that damaged ones are refused. */
  async sendPart(to: OpenMultipart, number: number, body: Buffer): Promise<Part> {
    const { client, sdk } = this.connection;
    return attempt(undefined, async () => {
      const input = { ...this.at(to.key), UploadId: to.uploadId, PartNumber: number, Body: body };
      return { number, etag: etagOf(await client.send(new sdk.UploadPartCommand(input))) };
    });
  }

  /** The bytes from `start` up to, not including, `end` of another object. */
  async copyPart(to: OpenMultipart, number: number, from: ObjectInfo, start: number, end: number): Promise<Part> {
    const { client, sdk } = this.connection;
    return attempt(undefined, async () => {
      const answer = await client.send(
        new sdk.UploadPartCopyCommand({
          ...this.at(to.key),
          ...this.source(from),
          UploadId: to.uploadId,
          PartNumber: number,
          CopySourceRange: `bytes=${start}-${end - 1}`,
        }),
      );
      return { number, etag: etagOf(answer.CopyPartResult) };
    });
  }

  /** The parts that are there, in the order of their numbers; none of an upload that is not there. */
  async parts(of: OpenMultipart, signal?: AbortSignal): Promise<StoredPart[]> {
    const { client, sdk } = this.connection;
    const found: StoredPart[] = [];
    for (let marker: string | undefined; found.length < MAX_PARTS; ) {
      const answer = await attempt(signal, (options) =>
        client.send(
          new sdk.ListPartsCommand({ ...this.at(of.key), UploadId: of.uploadId, PartNumberMarker: marker }),
          options,
        ),
      );
      for (const { PartNumber, Size, ETag } of answer.Parts ?? []) {
        found.push({ number: PartNumber ?? 0, size: Size ?? 0, etag: bare(ETag) });
      }
      marker = answer.IsTruncated === true ? answer.NextPartNumberMarker : undefined;
      if (marker === undefined) break;
    }
    return found.toSorted((one, other) => one.number - other.number);
  }

  /** Sends it once: who calls must look up what an unknown outcome has done. */
  async complete(of: OpenMultipart, parts: readonly Part[], condition: Condition): Promise<void> {
    const { once, sdk } = this.connection;
    await attempt(undefined, () =>
      once.send(
        new sdk.CompleteMultipartUploadCommand({
          ...this.at(of.key),
          ...this.when(condition),
          UploadId: of.uploadId,
          MultipartUpload: { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) },
        }),
      ),
    );
  }

  /** Whether it was neither completed nor aborted. */
  async isOpen(of: OpenMultipart): Promise<boolean> {
    try {
      await this.parts(of);
      return true;
    } catch (error) {
      if (reasonOf(error) === 'no-upload') return false;
      throw error;
    }
  }

  async abort(of: OpenMultipart): Promise<void> {
    const { client, sdk } = this.connection;
    await attempt(undefined, () =>
      client.send(new sdk.AbortMultipartUploadCommand({ ...this.at(of.key), UploadId: of.uploadId })),
    );
  }

  /** The open uploads of one key, at most 1000. */
  async open(key: string, signal?: AbortSignal): Promise<OpenMultipart[]> {
    const { client, sdk, settings } = this.connection;
    const answer = await attempt(signal, (options) =>
      client.send(
        new sdk.ListMultipartUploadsCommand({ Bucket: settings.bucket, Prefix: key, EncodingType: 'url' }),
        options,
      ),
    );
    return (answer.Uploads ?? [])
      .map(({ Key, UploadId }) => ({ key: decodeKey(Key), uploadId: UploadId ?? '' }))
      .filter((found) => found.key === key && found.uploadId !== '');
  }
}
