import type { Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';
import { abortedBy, StorageError } from '../../core/index.ts';
import { reasonOf, storageError } from './failures.ts';
import type { S3Connection } from './sdk.ts';
import type { S3Settings } from './settings.ts';

export type Metadata = Readonly<Record<string, string>>;

/** An object as the service tells of it. */
export interface ObjectInfo {
  readonly key: string;
  readonly size: number;
  /** Without its quotes: Ceph 16 takes none in a condition. */
  readonly etag: string;
  readonly modified: Date;
  /** Empty in listings, which do not tell it. */
  readonly metadata: Metadata;
}

/** What must hold of the object that a write would replace. */
export interface Condition {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: '*' | undefined;
}

export interface ListPage {
  readonly objects: readonly ObjectInfo[];
  /** Keys up to the next `/`, with it. */
  readonly prefixes: readonly string[];
  readonly next: string | undefined;
}

interface ListCall {
  readonly prefix: string;
  readonly byDirectory?: boolean;
  readonly max?: number;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface GetCall {
  readonly start?: number;
  /** The last byte and one. */
  readonly end?: number | undefined;
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The requests on objects of one bucket. Failures are StorageErrors, whose `reasonOf` tells the service's reason. */
export class Bucket {
  readonly settings: S3Settings;
  protected readonly connection: S3Connection;

  constructor(connection: S3Connection) {
    this.connection = connection;
    this.settings = connection.settings;
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    const { client, sdk } = this.connection;
    return orUndefined(
      attempt(signal, async (options) => {
        const answer = await client.send(new sdk.HeadObjectCommand(this.at(key)), options);
        return infoOf(key, answer.ContentLength, answer);
      }),
    );
  }

  /** The bytes as they come. A range needs bytes that the object has. */
  async get(key: string, call: GetCall = {}): Promise<{ readonly info: ObjectInfo; readonly body: Readable }> {
    const { client, sdk } = this.connection;
    const { start = 0, end, ifMatch, signal } = call;
    const range = start > 0 || end !== undefined ? `bytes=${start}-${end === undefined ? '' : end - 1}` : undefined;
    return attempt(signal, async (options) => {
      const input = { ...this.at(key), Range: range, IfMatch: ifMatch };
      const answer = await client.send(new sdk.GetObjectCommand(input), options);
      const body = answer.Body as Readable | undefined;
      if (body === undefined) throw new StorageError('io', 'The storage service gave no bytes');
      return { info: infoOf(key, totalSize(answer), answer), body };
    });
  }

  /** Small bytes, as a whole. */
  async bytes(key: string, call: GetCall = {}): Promise<Buffer> {
    const { body } = await this.get(key, call);
    try {
      return Buffer.concat(await body.toArray());
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Sends it once: who calls must look up what an unknown outcome has done. Gives the ETag. */
  async put(key: string, body: Buffer, metadata: Metadata = {}, condition: Condition = {}): Promise<string> {
    const { once, sdk } = this.connection;
    return attempt(undefined, async () => {
      const input = { ...this.at(key), ...this.kept(metadata), ...this.when(condition), Body: body };
      return etagOf(await once.send(new sdk.PutObjectCommand(input)));
    });
  }

  /** As `put`, for what may be written twice. */
  async putAgain(key: string, body: Buffer, metadata: Metadata = {}): Promise<string> {
    const { client, sdk } = this.connection;
    return attempt(undefined, async () => {
      const input = { ...this.at(key), ...this.kept(metadata), Body: body };
      return etagOf(await client.send(new sdk.PutObjectCommand(input)));
    });
  }

  async remove(key: string, condition: Condition = {}): Promise<void> {
    const { client, sdk } = this.connection;
    await attempt(undefined, () =>
      client.send(new sdk.DeleteObjectCommand({ ...this.at(key), ...this.when(condition) })),
    );
  }

  async page({ prefix, byDirectory = false, max, token, signal }: ListCall): Promise<ListPage> {
    const { client, sdk, settings } = this.connection;
    return attempt(signal, async (options) => {
      const answer = await client.send(
        new sdk.ListObjectsV2Command({
          Bucket: settings.bucket,
          Prefix: prefix,
          // Control bytes in keys can't stand in XML.
          EncodingType: 'url',
          ...(byDirectory && { Delimiter: '/' }),
          ...(max !== undefined && { MaxKeys: max }),
          ...(token !== undefined && { ContinuationToken: token }),
        }),
        options,
      );
      const next = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      if (answer.IsTruncated === true && next === undefined) {
        throw new StorageError('io', 'The storage service gave a part of a listing, and no way to go on');
      }
      return {
        objects: (answer.Contents ?? []).map((object) => infoOf(decodeKey(object.Key), object.Size, object)),
        prefixes: (answer.CommonPrefixes ?? []).map((found) => decodeKey(found.Prefix)),
        next,
      };
    });
  }

  /** All objects below a prefix, a page at a time. */
  async *pages(call: Omit<ListCall, 'token'>): AsyncGenerator<ListPage> {
    for (let token: string | undefined; ; ) {
      const page = await this.page({ ...call, token });
      yield page;
      token = page.next;
      if (token === undefined) return;
    }
  }

  /** Whether any key begins so. */
  async hasBelow(prefix: string, signal?: AbortSignal): Promise<boolean> {
    const { objects, prefixes } = await this.page({ prefix, max: 1, signal });
    return objects.length + prefixes.length > 0;
  }

  /** Up to 5 GiB. `metadata`: absent, it is that of the source. */
  async copy(from: ObjectInfo, to: string, metadata?: Metadata, condition: Condition = {}): Promise<void> {
    const { once, sdk } = this.connection;
    await attempt(undefined, async () => {
      const answer = await once.send(
        new sdk.CopyObjectCommand({
          ...this.at(to),
          ...this.kept(metadata),
          ...this.when(condition),
          ...this.source(from),
          MetadataDirective: metadata ? 'REPLACE' : 'COPY',
        }),
      );
      etagOf(answer.CopyObjectResult);
    });
  }

  protected at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.settings.bucket, Key: key };
  }

  protected when({ ifMatch, ifNoneMatch }: Condition): { readonly IfMatch?: string; readonly IfNoneMatch?: string } {
    if (!this.settings.conditionalWrites) return {};
    return { ...(ifMatch !== undefined && { IfMatch: ifMatch }), ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }) };
  }

  protected source(from: ObjectInfo): { readonly CopySource: string; readonly CopySourceIfMatch: string } {
    const key = from.key.split('/').map(encodeURIComponent).join('/');
    return { CopySource: `${this.settings.bucket}/${key}`, CopySourceIfMatch: from.etag };
  }

  /** What new objects are kept with. */
  protected kept(metadata?: Metadata) {
    const { encryption, storageClass } = this.settings;
    const keyId = encryption && 'keyId' in encryption ? encryption.keyId : undefined;
    return {
      ...(metadata && { Metadata: { ...metadata } }),
      ...(encryption && { ServerSideEncryption: encryption.kind }),
      ...(keyId !== undefined && { SSEKMSKeyId: keyId }),
      ...(storageClass !== undefined && { StorageClass: storageClass as Sdk.StorageClass }),
    };
  }
}

/** @throws StorageError whatever fails */
export async function attempt<Result>(
  signal: AbortSignal | undefined,
  work: (options: { readonly abortSignal?: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(signal ? { abortSignal: signal } : {});
  } catch (error) {
    if (signal?.aborted) throw abortedBy(signal);
    throw storageError(error);
  }
}

/** @throws StorageError `io` for an answer without one, which confirms nothing */
export function etagOf(answer: { readonly ETag?: string | undefined } | undefined): string {
  const etag = bare(answer?.ETag);
  if (etag === '') throw new StorageError('io', 'The storage service did not confirm what it was sent');
  return etag;
}

export function bare(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

export function decodeKey(key = ''): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

async function orUndefined<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (reasonOf(error) === 'missing') return undefined;
    throw error;
  }
}

interface Told {
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

function infoOf(key: string, size: number | undefined, { ETag, LastModified, Metadata }: Told): ObjectInfo {
  if (size === undefined || LastModified === undefined) {
    throw new StorageError('io', 'The storage service did not tell what an object is');
  }
  // Listings tell fractions of a second on some services, and HeadObject never does.
  const modified = new Date(Math.floor(LastModified.getTime() / 1000) * 1000);
  return { key, size, etag: bare(ETag), modified, metadata: Metadata ?? {} };
}

function totalSize({ ContentRange, ContentLength }: Sdk.GetObjectCommandOutput): number | undefined {
  const total = /\/(\d+)$/.exec(ContentRange ?? '')?.[1];
  return total === undefined ? ContentLength : Number(total);
}
