import { Buffer } from 'node:buffer';
import { BoundedQueue } from './bounded-queue.ts';

/** Frames on their way to a data connection. What has gathered while the one before was written goes as one piece. */
export class FrameQueue extends BoundedQueue<Buffer> {
  constructor() {
    super(QUEUED_BYTES, (frame) => frame.length);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let frames = await this.take(); frames; frames = await this.take()) {
      const [only] = frames;
      yield only && frames.length === 1 ? only : Buffer.concat(frames);
    }
  }
}

/** Enough for one large write while the next is made. */
const QUEUED_BYTES = 256 * 1024;
