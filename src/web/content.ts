import type { Readable } from 'node:stream';
import { baseName, type Entry, StorageError, type VirtualPath } from '../core/index.ts';
import { attachment, etagOf, isKnown, isSame } from './file-head.ts';
import type { AnswerBody, AnswerToBrowser } from './http-answer.ts';
import type { WebRequest } from './http-request.ts';
import { previewOf } from './preview.ts';
import { failureOf, WebFailure } from './problem.ts';
import { rangeOf, type WholeRange } from './range.ts';
import { ATTACHED_HEADERS, SHOWN_HEADERS } from './security-headers.ts';
import type { WebSession } from './web-session.ts';

/** A file, or a part of it, to be saved or to be shown. @throws StorageError, WebFailure */
export async function contentOf(
  session: WebSession,
  path: VirtualPath,
  { method, headers, gone }: Pick<WebRequest, 'method' | 'headers' | 'gone'>,
  isShown: boolean,
): Promise<AnswerToBrowser> {
  const signal = AbortSignal.any([gone, session.signal]);
  const entry = await fileAt(session, path, signal);
  const kind = isShown ? shownAs(session, path, entry) : savedAs(path);
  const head = {
    etag: etagOf(entry),
    'last-modified': entry.modified.toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    ...kind,
  };
  if (isKnown(headers, entry)) return { status: 304, headers: head };
  const range = isSame([headers['if-range']].flat()[0], entry) ? rangeOf(headers.range, entry.size) : undefined;
  if (range === 'unsatisfiable') {
    throw new WebFailure(416, 'range', `The file has ${entry.size} bytes, and none of the range`, {
      'content-range': `bytes */${entry.size}`,
    });
  }
  const part = range ?? { start: 0, end: entry.size };
  const answer = {
    status: range ? 206 : 200,
    headers: {
      ...head,
      'content-length': String(part.end - part.start),
      ...(range && { 'content-range': `bytes ${part.start}-${part.end - 1}/${entry.size}` }),
    },
  };
  if (method === 'HEAD') return answer;
  const stream = part.end > part.start ? await open(session, path, entry, part, signal) : undefined;
  return { ...answer, pour: (out) => send(session, { path, entry, part, stream, signal }, out) };
}

async function fileAt({ files }: WebSession, path: VirtualPath, signal: AbortSignal): Promise<Entry> {
  const entry = await files.stat(path, { signal });
  if (entry.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  return entry;
}

function savedAs(path: VirtualPath): Readonly<Record<string, string>> {
  const disposition = { 'content-disposition': attachment(baseName(path)) };
  return { 'content-type': 'application/octet-stream', ...disposition, ...ATTACHED_HEADERS };
}

function shownAs({ settings }: WebSession, path: VirtualPath, { size }: Entry): Readonly<Record<string, string>> {
  const preview = previewOf(baseName(path));
  if (!preview) throw new WebFailure(415, 'no-preview', 'A file of this kind is not shown here: download it');
  if (size > settings.limits.maxWebPreviewBytes) {
    throw new WebFailure(
      415,
      'no-preview',
      'The file is too large to be shown (limits.maxWebPreviewBytes): download it',
    );
  }
  return { 'content-type': preview.type, 'content-disposition': 'inline', ...SHOWN_HEADERS };
}

/** The bytes of the very file that was described: where another one has got its name by now, that is not mixed with it. */
async function open(
  { files }: WebSession,
  path: VirtualPath,
  entry: Entry,
  part: WholeRange,
  signal: AbortSignal,
): Promise<Readable> {
  const stream = await files.read(path, { ...part, expectedSize: entry.size, signal });
  try {
    const now = await files.stat(path, { signal });
    if (etagOf(now) === etagOf(entry)) return stream;
    throw new StorageError('busy', 'The file is being changed at this moment: try again');
  } catch (error) {
    stream.on('error', () => undefined).destroy();
    throw error;
  }
}

interface Sending {
  readonly path: VirtualPath;
  readonly entry: Entry;
  readonly part: WholeRange;
  /** Absent: there is no byte to send. */
  readonly stream: Readable | undefined;
  readonly signal: AbortSignal;
}

async function send(
  session: WebSession,
  { path, entry, part, stream, signal }: Sending,
  out: AnswerBody,
): Promise<void> {
  const transfer = session.beginTransfer('download', path, entry, part.end - part.start);
  let at = part.start;
  try {
    for await (const bytes of (stream ?? []) as AsyncIterable<Buffer>) {
      await transfer.admit(bytes.length);
      signal.throwIfAborted();
      await out.write(bytes);
      transfer.moved(at, bytes.length);
      at += bytes.length;
    }
    if (at !== part.end) throw new StorageError('busy', 'The file was changed while it was read');
    session.endTransfer(transfer, 'clean', 'complete', 200);
  } catch (error) {
    const { status, message } = failureOf(error);
    session.endTransfer(transfer, 'cut', 'discarded', status, message);
    throw error;
  }
}
