import { Buffer } from 'node:buffer';
import { encodeText } from '../../core/index.ts';

/** What a frame is for; docs/bundle.md says which may follow which. */
export type FrameType = 'head' | 'data' | 'end' | 'result' | 'done';

export interface Frame {
  readonly type: FrameType;
  readonly payload: Buffer;
}

/** The longest payload of a `data` frame, in bytes. */
export const MAX_DATA_BYTES = 65_536;
/** The longest payload of any other frame, in bytes: a path of the longest kind, and facts. */
const MAX_TEXT_BYTES = 8192;

/** What came is no bundle, or passes a limit of bundles. The message names the limit, and may be shown to the peer. */
export class BundleFailure extends Error {
  override readonly name = 'BundleFailure';
}

const MARKS: { readonly [type in FrameType]: number } = { head: 0x48, data: 0x44, end: 0x45, result: 0x52, done: 0x5a };
const TYPES = new Map(Object.entries(MARKS).map(([type, mark]) => [mark, type as FrameType] as const));

/** A mark and the length of the payload. */
const HEADER_BYTES = 5;

/** The bytes of one frame. */
export function encodeFrame(type: FrameType, payload: Uint8Array | string): Buffer {
  const bytes = typeof payload === 'string' ? encodeText(payload) : payload;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.length);
  frame[0] = MARKS[type];
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** Content as `data` frames. */
export function* dataFrames(content: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < content.length; at += MAX_DATA_BYTES) {
    yield encodeFrame('data', content.subarray(at, at + MAX_DATA_BYTES));
  }
}

/**
 * Cuts a stream of bytes into frames. What is held of a frame whose end did not come is one piece of memory, of at most
 * twice its bytes: chunks of one byte cost no more than others. The chunks that come must not be altered behind that.
 */
export class FrameReader {
  /** The beginning of a frame whose end did not come. */
  #held = Buffer.alloc(0);
  #heldBytes = 0;
  /** How many bytes of it in all are needed to go on. */
  #wanted = HEADER_BYTES;

  /** Why nothing more can be read, where that is so. */
  failure: BundleFailure | undefined;

  /** The frames that end in this chunk, up to what is none. They may share its memory. */
  push(chunk: Uint8Array): readonly Frame[] {
    const frames: Frame[] = [];
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (this.#heldBytes > 0 && at < bytes.length && !this.failure) {
      at += this.#hold(bytes.subarray(at, at + this.#wanted - this.#heldBytes));
      if (this.#heldBytes === this.#wanted) this.#release(frames);
    }
    if (this.failure) return frames;
    let header = headerAt(bytes, at);
    while (header && 'type' in header && header.end <= bytes.length) {
      frames.push({ type: header.type, payload: bytes.subarray(at + HEADER_BYTES, header.end) });
      at = header.end;
      header = headerAt(bytes, at);
    }
    if (header instanceof BundleFailure) this.failure = header;
    else if (at < bytes.length) {
      this.#wanted = header ? header.end - at : HEADER_BYTES;
      this.#hold(bytes.subarray(at));
    }
    return frames;
  }

  /** Whether the stream stands between two frames. */
  get isBetweenFrames(): boolean {
    return this.#heldBytes === 0;
  }

  /** What is wanted is there: a header, which says how much more is, or a whole frame. */
  #release(frames: Frame[]): void {
    const header = headerAt(this.#held.subarray(0, this.#heldBytes), 0);
    if (header instanceof BundleFailure) {
      this.failure = header;
    } else if (header && header.end > this.#heldBytes) {
      this.#wanted = header.end;
    } else if (header) {
      frames.push({ type: header.type, payload: this.#held.subarray(HEADER_BYTES, this.#heldBytes) });
      this.#held = Buffer.alloc(0);
      this.#heldBytes = 0;
      this.#wanted = HEADER_BYTES;
    }
  }

  /** Copies it behind what is held. Gives its length. */
  #hold(piece: Buffer): number {
    const needed = this.#heldBytes + piece.length;
    if (needed > this.#held.length) {
      const held = Buffer.allocUnsafeSlow(Math.min(this.#wanted, 2 * needed));
      this.#held.copy(held, 0, 0, this.#heldBytes);
      this.#held = held;
    }
    piece.copy(this.#held, this.#heldBytes);
    this.#heldBytes = needed;
    return piece.length;
  }
}

/** Undefined where the header is not there yet; a failure for one that no frame has. */
function headerAt(
  bytes: Buffer,
  at: number,
): { readonly type: FrameType; readonly end: number } | BundleFailure | undefined {
  if (bytes.length - at < HEADER_BYTES) return undefined;
  const type = TYPES.get(bytes.readUInt8(at));
  if (type === undefined) return new BundleFailure('A frame has an unknown type');
  const length = bytes.readUInt32BE(at + 1);
  const most = type === 'data' ? MAX_DATA_BYTES : MAX_TEXT_BYTES;
  if (length > most) return new BundleFailure(`A ${type} frame has more than ${most} bytes`);
  if (length === 0) return new BundleFailure('A frame is empty');
  return { type, end: at + HEADER_BYTES + length };
}
