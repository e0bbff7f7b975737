import { Writable } from 'node:stream';
import { BundleFailure, type Frame, FrameReader } from './frames.ts';

/**
 * Takes the bytes of a data connection and gives frames, one by one. It holds the frames of one chunk at the most: the
 * peer waits until they are read.
 */
export class FrameStream extends Writable {
  readonly #reader = new FrameReader();
  #frames: readonly Frame[] = [];
  #at = 0;
  #resume: (() => void) | undefined;
  #wake: () => void = () => undefined;

  constructor() {
    super();
    // Whoever reads hears of it.
    this.on('error', () => undefined);
    this.on('close', () => this.#wake());
  }

  /**
   * The next frame; undefined where the stream ended between two frames.
   * @throws BundleFailure for what is no bundle; what the stream was destroyed with
   */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#frames[this.#at];
      if (frame) {
        this.#at += 1;
        if (this.#at === this.#frames.length && !this.#reader.failure) this.#resume?.();
        return frame;
      }
      if (this.#reader.failure) this.destroy(this.#reader.failure);
      if (this.errored) throw this.errored;
      if (this.closed && this.writableFinished) return undefined;
      if (this.closed) throw new BundleFailure('The bundle was broken off');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#frames = this.#reader.push(chunk);
    this.#at = 0;
    this.#resume = () => {
      this.#resume = undefined;
      done();
    };
    if (this.#frames.length === 0 && !this.#reader.failure) this.#resume();
    else this.#wake();
  }

  override _final(done: (error?: Error | null) => void): void {
    done(this.#reader.isBetweenFrames ? null : new BundleFailure('The bundle ended within a frame'));
  }
}
