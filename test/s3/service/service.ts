import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { S3StorageOptions } from '../../../src/storage/index.ts';
import type { Asked } from './asked.ts';
import { Objects } from './objects.ts';
import { S3Refusal } from './refusal.ts';
import { type Answer, answerTo } from './requests.ts';
import { type Credentials, checkSignature } from './signature.ts';
import { xml } from './xml.ts';

/** What goes wrong with one request. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly code: string }
  /** Nothing is done, and the connection ends. */
  | { readonly kind: 'cut' }
  /** It is done, and the connection ends before the answer. */
  | { readonly kind: 'lose-answer' }
  /** The answer is 200, and its body an error. */
  | { readonly kind: 'error-in-200' }
  /** A bit of what was sent is another one when it comes. */
  | { readonly kind: 'damage' }
  /** Only so many bytes of the answer's body come. */
  | { readonly kind: 'cut-body'; readonly bytes: number }
  /** It is answered once this resolves. */
  | { readonly kind: 'wait'; readonly until: Promise<void> };

export interface S3Service extends AsyncDisposable {
  /** How a storage finds it. */
  readonly options: S3StorageOptions & { readonly credentials: Credentials };
  readonly objects: Objects;
  /** All requests so far. */
  readonly asked: Asked[];
  /** Asked before each request; what it gives happens. */
  fault: (asked: Asked) => Fault | undefined;
}

const CREDENTIALS = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret-key' };
const BUCKET = 'test-bucket';

/** A service of one bucket in memory, on loopback, which checks all that real ones check of what Lockport sends. */
export async function s3Service(): Promise<S3Service> {
  const objects = new Objects();
  const server = createServer((request, response) => {
    serve(service, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service: S3Service = {
    options: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      bucket: BUCKET,
      credentials: CREDENTIALS,
      region: 'test-region',
      pathStyle: true,
    },
    objects,
    asked: [],
    fault: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
  return service;
}

async function serve(service: S3Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const url = new URL(request.url ?? '/', 'http://host');
  const [, bucket = '', ...names] = url.pathname.split('/').map(decodeURIComponent);
  const asked = { method: request.method ?? '', key: names.join('/'), query: url.searchParams };
  service.asked.push(asked);
  const fault = service.fault(asked);
  if (fault?.kind === 'cut') return void request.socket.destroy();
  if (fault?.kind === 'wait') await fault.until;
  if (fault?.kind === 'damage' && body.length > 0) body.writeUInt8((body[0] ?? 0) ^ 1, 0);
  const answer = answered(() => {
    if (fault?.kind === 'status') throw new S3Refusal(fault.status, fault.code);
    checkSignature(request, body, service.options.credentials);
    if (bucket !== service.options.bucket) throw new S3Refusal(404, 'NoSuchBucket');
    if (fault?.kind === 'error-in-200') return { status: 200, body: xml({ Error: [{ Code: 'InternalError' }] }) };
    return answerTo(service.objects, { ...asked, request, body });
  });
  if (fault?.kind === 'lose-answer') return void request.socket.destroy();
  const { status, headers = {}, body: given = '' } = answer;
  const bytes = typeof given === 'string' ? Buffer.from(given) : given;
  response.writeHead(status, { 'content-length': `${bytes.length}`, ...headers });
  if (request.method === 'HEAD') return void response.end();
  if (fault?.kind !== 'cut-body') return void response.end(bytes);
  response.write(bytes.subarray(0, fault.bytes), () => request.socket.destroy());
}

function answered(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof S3Refusal)) throw error;
    return { status: error.status, body: xml({ Error: [{ Code: error.code }, { Message: error.code }] }) };
  }
}
