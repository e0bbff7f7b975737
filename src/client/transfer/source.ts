import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { background } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import { readFrom } from './local-file.ts';
import type { Source } from './transfer.ts';

/** Where the bytes of one upload come from, opened. Disposing it ends it, whatever is waited for. */
export interface OpenSource extends AsyncDisposable {
  /** Bytes in all, where known. */
  readonly size: number | undefined;
  /** Of a local file. */
  readonly modified?: Date;
  /** Whether `read` may be called again. */
  readonly canReopen: boolean;
  /** The bytes from a position on; from 0 alone where it can't be called again. */
  read(offset: number): AsyncIterable<unknown>;
}

/** @param size bytes of a source that can't tell itself */
export async function openSource(source: Source, size: number | undefined): Promise<OpenSource> {
  if (typeof source === 'string') return openFile(source);
  if (source instanceof Uint8Array) return again(source.length, (offset) => pieces(source, offset));
  if (source instanceof Blob) return again(source.size, (offset) => source.slice(offset).stream());
  if (typeof source === 'function') return again(size, (offset) => called(source, offset));
  if (source instanceof Readable) {
    // It may fail before anybody reads: that is heard when it is read.
    source.on('error', () => undefined);
    return once(size, source, () => source.destroy());
  }
  if ('getReader' in source) {
    const reader = source.getReader();
    return once(size, fromReader(reader), () => background(reader.cancel(), () => undefined));
  }
  const iterator = source[Symbol.asyncIterator]();
  const end = (): void => background(Promise.resolve(iterator.return?.()), () => undefined);
  return once(size, { [Symbol.asyncIterator]: () => iterator }, end);
}

/**
 * The bytes of a source from a position on, checked: they are bytes, and as many as were announced. What a source that
 * is read but once gives before is passed over, though `onChunk` sees it.
 * @throws ClientError `local`
 */
export async function* bytesOf(
  source: OpenSource,
  from: number,
  onChunk: (chunk: Uint8Array, position: number) => void,
): AsyncIterable<Uint8Array> {
  const { size, canReopen } = source;
  let position = canReopen ? from : 0;
  for await (const given of source.read(position)) {
    const chunk = typeof given === 'string' ? Buffer.from(given) : given;
    if (!(chunk instanceof Uint8Array)) throw local('The source gave something that is no bytes');
    if (size !== undefined && position + chunk.length > size) throw local(`The source has more than ${size} bytes`);
    onChunk(chunk, position);
    const wanted = position < from ? chunk.subarray(from - position) : chunk;
    position += chunk.length;
    if (wanted.length > 0) yield wanted;
  }
  const end = size ?? from;
  if (position < end) throw local(`The source ended at byte ${position} of ${end}`);
}

/** Never waits for the other end of a pipe. */
async function openFile(path: string): Promise<OpenSource> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw local(`${path} is no regular file`);
  }
  return {
    size: stats.size,
    modified: stats.mtime,
    canReopen: true,
    read: (offset) => unchanged(handle, path, offset, stats),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** @throws ClientError `changed` where the file was written to meanwhile: what was read may be of two versions */
async function* unchanged(
  handle: FileHandle,
  path: string,
  offset: number,
  { size, mtimeMs }: Stats,
): AsyncIterable<Uint8Array> {
  yield* readFrom(handle, offset, size);
  const now = await handle.stat();
  if (now.size === size && now.mtimeMs === mtimeMs) return;
  throw new ClientError('changed', `${path} was written to while it was sent`, { phase: 'local' });
}

function again(size: number | undefined, read: OpenSource['read']): OpenSource {
  return { size, canReopen: true, read, [Symbol.asyncDispose]: async () => undefined };
}

function once(size: number | undefined, source: AsyncIterable<unknown>, end: () => unknown): OpenSource {
  return {
    size,
    canReopen: false,
    read: () => source,
    async [Symbol.asyncDispose]() {
      end();
    },
  };
}

async function* called(source: Extract<Source, (...given: never) => unknown>, offset: number): AsyncIterable<unknown> {
  yield* await source(offset);
}

async function* fromReader(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncIterable<Uint8Array> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Pieces, so that progress is seen. */
async function* pieces(bytes: Uint8Array, offset: number): AsyncIterable<Uint8Array> {
  for (let at = offset; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

const pieceBytes = 256 * 1024;

function local(message: string): ClientError {
  return new ClientError('local', message, { phase: 'local' });
}
