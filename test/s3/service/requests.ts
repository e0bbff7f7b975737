import type { IncomingMessage } from 'node:http';
import type { Asked } from './asked.ts';
import { listObjects } from './list-objects.ts';
import { type Condition, type Objects, objectOf, type StoredObject } from './objects.ts';
import { S3Refusal } from './refusal.ts';
import { headerOf } from './signature.ts';
import { encodedKey, xml } from './xml.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Request extends Asked {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

/** @throws S3Refusal */
export function answerTo(objects: Objects, asked: Request): Answer {
  const { method, key, query } = asked;
  const id = query.get('uploadId');
  if (key === '') return query.has('uploads') ? listUploads(objects, query) : ok(xml(listObjects(objects, query)));
  if (method === 'POST' && query.has('uploads')) {
    return ok(xml({ R: [{ UploadId: objects.create(key, metadataOf(asked.request)) }] }));
  }
  if (id !== null) return answerToUpload(objects, asked, id);
  if (method === 'GET' || method === 'HEAD') return get(objects.get(key), asked);
  if (method === 'DELETE') {
    const condition = conditionOf(asked.request);
    if (condition.ifMatch !== undefined && objects.stored.has(key)) objects.check(key, condition);
    objects.stored.delete(key);
    return { status: 204 };
  }
  if (method === 'PUT') return put(objects, asked);
  throw new S3Refusal(405, 'MethodNotAllowed');
}

function answerToUpload(objects: Objects, { method, key, query, request, body }: Request, id: string): Answer {
  if (method === 'DELETE') {
    objects.upload(key, id);
    objects.uploads.delete(id);
    return { status: 204 };
  }
  if (method === 'PUT') {
    const source = copySource(objects, request);
    const bytes = source ? ranged(source.body, headerOf(request, 'x-amz-copy-source-range')) : body;
    const etag = objects.part(key, id, Number(query.get('partNumber')), Buffer.from(bytes));
    return source
      ? ok(xml({ CopyPartResult: [{ ETag: `"${etag}"` }] }))
      : { status: 200, headers: { etag: `"${etag}"` } };
  }
  if (method === 'POST') {
    const listed = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/g)].map(([, part = '']) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: /<ETag>(.*?)</.exec(part)?.[1]?.replaceAll(/"|&quot;/g, '') ?? '',
    }));
    const etag = objects.complete(key, id, listed, conditionOf(request));
    return ok(xml({ CompleteMultipartUploadResult: [{ ETag: `"${etag}"` }] }));
  }
  const parts = [...objects.upload(key, id).parts]
    .toSorted(([one], [other]) => one - other)
    .filter(([number]) => number > Number(query.get('part-number-marker') ?? 0));
  const page = parts.slice(0, 3);
  return ok(
    xml({
      ListPartsResult: [
        { IsTruncated: `${page.length < parts.length}` },
        { NextPartNumberMarker: `${page.at(-1)?.[0] ?? 0}` },
        ...page.map(([number, { body, etag }]) => ({
          Part: [{ PartNumber: `${number}` }, { Size: `${body.length}` }, { ETag: `"${etag}"` }],
        })),
      ],
    }),
  );
}

function put(objects: Objects, { key, request, body }: Request): Answer {
  const source = copySource(objects, request);
  const isReplaced = headerOf(request, 'x-amz-metadata-directive') === 'REPLACE';
  const metadata = source && !isReplaced ? source.metadata : metadataOf(request);
  const object = objectOf(source?.body ?? body, metadata);
  objects.put(key, object, conditionOf(request));
  const etag = `"${object.etag}"`;
  return source ? ok(xml({ CopyObjectResult: [{ ETag: etag }] })) : { status: 200, headers: { etag } };
}

function get(object: StoredObject, { request }: Request): Answer {
  const { ifMatch } = conditionOf(request);
  if (ifMatch !== undefined && ifMatch !== object.etag) throw new S3Refusal(412, 'PreconditionFailed');
  const range = headerOf(request, 'range');
  const body = ranged(object.body, range);
  const start = Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? 0);
  const kept = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    status: range === '' ? 200 : 206,
    headers: {
      etag: `"${object.etag}"`,
      'last-modified': object.modified.toUTCString(),
      ...Object.fromEntries(kept),
      ...(range !== '' && { 'content-range': `bytes ${start}-${start + body.length - 1}/${object.body.length}` }),
      'content-length': `${body.length}`,
    },
    body,
  };
}

function listUploads(objects: Objects, query: URLSearchParams): Answer {
  const prefix = query.get('prefix') ?? '';
  const found = [...objects.uploads].filter(([, { key }]) => key.startsWith(prefix));
  const uploads = found.map(([id, { key }]) => ({ Upload: [{ Key: encodedKey(key) }, { UploadId: id }] }));
  return ok(xml({ ListMultipartUploadsResult: [{ IsTruncated: 'false' }, ...uploads] }));
}

function copySource(objects: Objects, request: IncomingMessage): StoredObject | undefined {
  const source = headerOf(request, 'x-amz-copy-source');
  if (source === '') return undefined;
  const found = objects.get(source.split('/').slice(1).map(decodeURIComponent).join('/'));
  const ifMatch = headerOf(request, 'x-amz-copy-source-if-match').replaceAll('"', '');
  if (ifMatch !== '' && ifMatch !== found.etag) throw new S3Refusal(412, 'PreconditionFailed');
  return found;
}

function ranged(body: Buffer, range: string): Buffer {
  if (range === '') return body;
  const [, start = '', end = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (start === '' || Number(start) >= body.length) throw new S3Refusal(416, 'InvalidRange');
  return body.subarray(Number(start), end === '' ? undefined : Number(end) + 1);
}

function conditionOf(request: IncomingMessage): Condition {
  return {
    ifMatch: headerOf(request, 'if-match').replaceAll('"', '') || undefined,
    ifNoneMatch: headerOf(request, 'if-none-match') || undefined,
  };
}

function metadataOf(request: IncomingMessage): StoredObject['metadata'] {
  const kept = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(kept.map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]));
}

function ok(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0"?>${body}` };
}
