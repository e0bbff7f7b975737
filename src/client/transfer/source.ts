import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { background } from '../../core/index.ts';
import { type Device, deviceOf, FileReader } from '../../disk/index.ts';
import { ClientError } from '../errors.ts';
import type { Source } from './transfer-options.ts';

/** Where the bytes of one upload come from, opened. Disposing it ends it, whatever is waited for. */
export interface OpenSource extends AsyncDisposable {
  /** Bytes in all, where known. */
  readonly size: number | undefined;
  /** Of a local file. */
  readonly modified?: Date;
  /** Whether `bytes` may be called again. */
  readonly canReopen: boolean;
  /**
   * The bytes from a position on, checked: they are bytes, and as many as were announced. What a source that is read but
   * once gives before is passed over, though `onChunk` sees it.
   * @throws ClientError `local`; `changed` for a file that was written to meanwhile
   */
  bytes(from: number, onChunk: OnChunk): AsyncIterable<Uint8Array>;
}

/** Sees what passes, in order. */
type OnChunk = (chunk: Uint8Array, position: number) => void;

/** @param size bytes of a source that can't tell itself */
export async function openSource(source: Source, size: number | undefined): Promise<OpenSource> {
  if (typeof source === 'string') return openFile(source);
  if (source instanceof Uint8Array) return rereadable(source.length, (offset) => chunksOf(source, offset));
  if (source instanceof Blob) return rereadable(source.size, (offset) => source.slice(offset).stream());
  if (typeof source === 'function') return rereadable(size, (offset) => called(source, offset));
  if (source instanceof Readable) {
    // It may fail before anybody reads: that is heard when it is read.
    source.on('error', () => undefined);
    return readOnce(size, source, () => source.destroy());
  }
  if ('getReader' in source) {
    const reader = source.getReader();
    return readOnce(size, fromReader(reader), () => background(reader.cancel(), () => undefined));
  }
  const iterator = source[Symbol.asyncIterator]();
  const end = (): void => background(Promise.resolve(iterator.return?.()), () => undefined);
  return readOnce(size, { [Symbol.asyncIterator]: () => iterator }, end);
}

/** Never waits for the other end of a pipe. */
async function openFile(path: string): Promise<OpenSource> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const device = await deviceOf(handle);
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw local(`${path} is no regular file`);
  }
  return {
    size: stats.size,
    modified: stats.mtime,
    canReopen: true,
    bytes: (from, onChunk) => new OutgoingFile({ handle, path, stats, device, from, onChunk }),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** What is read ahead of what is sent counts as progress: over a slow line more would tell of too much. */
const OUTGOING_BYTES = 256 * 1024;

interface OutgoingFileParts {
  readonly handle: FileHandle;
  readonly path: string;
  readonly stats: Stats;
  readonly device: Device;
  readonly from: number;
  readonly onChunk: OnChunk;
}

/** Makes sure that nobody wrote to the file meanwhile: what was read may be of two versions then. */
class OutgoingFile extends FileReader {
  readonly #parts: OutgoingFileParts;

  constructor(parts: OutgoingFileParts) {
    const { handle, from, stats, device } = parts;
    super(handle, { start: from, end: stats.size, portionBytes: OUTGOING_BYTES, device });
    this.#parts = parts;
  }

  override async borrow(): Promise<Uint8Array | undefined> {
    const { position } = this;
    const chunk = await super.borrow();
    if (chunk) this.#parts.onChunk(chunk, position);
    else await this.#checkUnchanged();
    return chunk;
  }

  async #checkUnchanged(): Promise<void> {
    const { handle, path, stats } = this.#parts;
    const now = await handle.stat();
    if (now.size === stats.size && now.mtimeMs === stats.mtimeMs) return;
    throw new ClientError('changed', `${path} was written to while it was sent`, { phase: 'local' });
  }
}

type Given = (offset: number) => AsyncIterable<unknown>;

function rereadable(size: number | undefined, read: Given): OpenSource {
  return {
    size,
    canReopen: true,
    bytes: (from, onChunk) => checked(read(from), size, { from, at: from }, onChunk),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function readOnce(size: number | undefined, source: AsyncIterable<unknown>, end: () => unknown): OpenSource {
  return {
    size,
    canReopen: false,
    bytes: (from, onChunk) => checked(source, size, { from, at: 0 }, onChunk),
    async [Symbol.asyncDispose]() {
      end();
    },
  };
}

/** @param at the byte that `source` begins at */
async function* checked(
  source: AsyncIterable<unknown>,
  size: number | undefined,
  { from, at }: { readonly from: number; readonly at: number },
  onChunk: OnChunk,
): AsyncIterable<Uint8Array> {
  let position = at;
  for await (const given of source) {
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
async function* chunksOf(bytes: Uint8Array, offset: number): AsyncIterable<Uint8Array> {
  for (let at = offset; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

const pieceBytes = 256 * 1024;

function local(message: string): ClientError {
  return new ClientError('local', message, { phase: 'local' });
}
