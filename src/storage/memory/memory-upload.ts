import { Writable } from 'node:stream';
import { changedMeanwhile, endingOnce, StorageError, type Upload, type WriteOptions } from '../../core/index.ts';
import { destroyOnAbort } from '../cancellation.ts';
import { writePosition } from '../ranges.ts';
import type { Spot } from './find.ts';
import { type MemoryContent, MemoryEndings, replaceable } from './memory-endings.ts';
import type { FileNode, LinkNode } from './nodes.ts';
import type { Room } from './room.ts';

const NOTHING = Buffer.alloc(0);

/** Begins an upload to a spot; what it goes on from is kept as REST asks (RFC 3659 section 5). */
export function openUpload(spot: Spot, options: WriteOptions, room: Room): Upload {
  const { directory, name } = spot;
  const { at, exclusive = false, expectedSize = 0, signal } = options;
  const node = replaceable(spot.node, options);
  const base = at !== undefined && node?.kind === 'file' ? node : undefined;
  const partial = at !== undefined && node === undefined ? directory.partials.get(name) : undefined;
  const before = base ?? partial;
  const position = writePosition(at ?? 0, before?.bytes.length ?? 0);
  room.check(expectedSize - position);
  const isBehind = position === base?.bytes.length;
  const kept = isBehind ? NOTHING : (before?.bytes ?? NOTHING);
  if (partial) directory.partials.delete(name);
  else room.take(kept.length);
  const sink = new MemorySink(room);
  destroyOnAbort(sink, signal);
  const content = new UploadContent(sink, {
    kept,
    position: isBehind ? 0 : position,
    base,
    isAppended: isBehind || (at === 'end' && !exclusive),
    expected: isBehind && at !== 'end' ? position : undefined,
    leavesEnd: partial !== undefined,
  });
  return endingOnce(sink, new MemoryEndings({ spot, content, room, base, options }));
}

class MemorySink extends Writable {
  readonly chunks: Buffer[] = [];
  readonly #room: Room;
  #bytes = 0;

  constructor(room: Room) {
    super();
    this.#room = room;
  }

  get bytes(): number {
    return this.#bytes;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    try {
      this.#room.take(chunk.length);
    } catch (error) {
      callback(error as Error);
      return;
    }
    this.chunks.push(chunk);
    this.#bytes += chunk.length;
    callback();
  }
}

interface Start {
  /** What is there already of what the upload makes. */
  readonly kept: Buffer;
  readonly position: number;
  /** The published file that it goes on with. */
  readonly base: FileNode | undefined;
  /** What it makes goes behind what the file is at the commit: of two at the same time none is lost. */
  readonly isAppended: boolean;
  /** What the file's size must be at the commit, where the caller named a position. */
  readonly expected: number | undefined;
  /** It is an interrupted upload, whose own end was never published, and must not be. */
  readonly leavesEnd: boolean;
}

class UploadContent implements MemoryContent {
  readonly #sink: MemorySink;
  readonly #start: Start;

  constructor(sink: MemorySink, start: Start) {
    this.#sink = sink;
    this.#start = start;
  }

  get taken(): number {
    return this.#start.kept.length + this.#sink.bytes;
  }

  publishedOver(published: FileNode | LinkNode | undefined): Buffer {
    return this.#behind(this.#before(published));
  }

  kept(): Buffer {
    return this.#behind(NOTHING);
  }

  /** What the upload goes behind. */
  #before(published: FileNode | LinkNode | undefined): Buffer {
    const { base, isAppended, expected } = this.#start;
    if (!isAppended) {
      if (base !== undefined && base !== published) throw changedMeanwhile();
      return NOTHING;
    }
    if (published?.kind === 'link') throw new StorageError('denied', 'A link has taken the place of the file');
    const before = published?.bytes ?? NOTHING;
    if (expected !== undefined && expected !== before.length) throw changedMeanwhile();
    return before;
  }

  /** What was kept with what came in its place, behind what is there: one whole. */
  #behind(before: Buffer): Buffer {
    const { kept, position, leavesEnd } = this.#start;
    const end = position + this.#sink.bytes;
    const parts = [before, kept.subarray(0, position), ...this.#sink.chunks];
    return Buffer.concat(leavesEnd ? parts : [...parts, kept.subarray(end)]);
  }
}
