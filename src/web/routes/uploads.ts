import { commitBody, uploadBody } from '../contract.ts';
import type { FileUpload } from '../file-upload.ts';
import { type AnswerToBrowser, DONE, json } from '../http-answer.ts';
import type { WebRequest } from '../http-request.ts';
import { WebFailure } from '../problem.ts';
import type { WebSession } from '../web-session.ts';
import { type Asked, pathOf, route, type WebRoute } from './route.ts';
import { shownFile } from './shown.ts';

/** Files that come. */
export const UPLOAD_ROUTES: readonly WebRoute[] = [
  route({
    method: 'POST',
    path: '/uploads',
    verb: 'PUT',
    body: uploadBody,
    about: ({ body }) => body.path,
    async run({ session, body: { path, size, modified, replace = false, resume = false } }) {
      const upload = await session.uploads.begin({
        path: pathOf(path),
        size,
        replace,
        resume,
        ...(modified !== undefined && { modified: new Date(modified) }),
      });
      return json(201, upload.shown);
    },
  }),
  route({
    method: 'GET',
    path: '/uploads',
    verb: 'UPLOADS',
    async run({ session }) {
      return json(200, { uploads: session.uploads.all.map(({ shown }) => shown) });
    },
  }),
  route({
    method: 'GET',
    path: '/uploads/{id}',
    verb: 'UPLOADS',
    async run({ session, id }) {
      const { shown } = session.uploads.find(id);
      return json(200, shown, { 'upload-offset': String(shown.offset) });
    },
  }),
  route({
    method: 'PATCH',
    path: '/uploads/{id}',
    verb: 'PUT',
    about,
    async run({ request, session, id }) {
      const upload = session.uploads.find(id);
      const offset = await upload.append(chunkOf(request, session), offsetOf(request));
      return { ...DONE, headers: { 'upload-offset': String(offset) } };
    },
  }),
  route({
    method: 'POST',
    path: '/uploads/{id}/commit',
    verb: 'PUT',
    body: commitBody,
    about,
    async run({ session, id, body: { sha256 } }) {
      return committed(session.uploads.find(id), sha256);
    },
  }),
  route({
    method: 'DELETE',
    path: '/uploads/{id}',
    verb: 'PUT',
    about,
    async run({ session, id }) {
      await session.uploads.find(id).discard();
      return DONE;
    },
  }),
  route({
    method: 'PUT',
    path: '/content',
    verb: 'PUT',
    about: ({ request }) => request.query.get('path') ?? undefined,
    async run({ request, session }) {
      const { headers, query } = request;
      const sha256 = headers['x-sha256'];
      const size = lengthOf(request);
      const replace = query.get('replace') === 'true';
      const upload = await session.uploads.begin({
        path: pathOf(query.get('path')),
        size,
        replace,
        resume: false,
        isWhole: true,
      });
      try {
        await upload.append(request.body, 0);
        return await committed(upload, typeof sha256 === 'string' ? sha256.toLowerCase() : undefined);
      } catch (error) {
        // Has no effect on what has ended.
        await upload.discard().catch(() => undefined);
        throw error;
      }
    },
  }),
];

function about({ session, id }: Pick<Asked, 'session' | 'id'>): string | undefined {
  return session.uploads.all.find((upload) => upload.id === id)?.path;
}

async function committed(upload: FileUpload, sha256: string | undefined): Promise<AnswerToBrowser> {
  const stored = await upload.commit(sha256);
  return json(200, { file: shownFile(upload.path, stored.entry), sha256: stored.sha256 });
}

function offsetOf({ headers }: WebRequest): number {
  const given = headers['upload-offset'];
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw new WebFailure(400, 'bad-request', 'upload-offset: where the first byte of the chunk goes');
}

function lengthOf({ headers }: WebRequest): number {
  const given = headers['content-length'];
  if (given !== undefined) return Number(given);
  throw new WebFailure(411, 'length-required', 'Say by content-length how long the file is');
}

async function* chunkOf({ headers, body }: WebRequest, { settings }: WebSession): AsyncGenerator<Buffer> {
  const { maxWebChunkBytes } = settings.limits;
  const tooLarge = new WebFailure(
    413,
    'too-large',
    `One chunk has at most ${maxWebChunkBytes} bytes (limits.maxWebChunkBytes)`,
  );
  if (Number(headers['content-length'] ?? 0) > maxWebChunkBytes) throw tooLarge;
  let length = 0;
  for await (const bytes of body) {
    length += bytes.length;
    if (length > maxWebChunkBytes) throw tooLarge;
    yield bytes;
  }
}
