import { Writable } from 'node:stream';
import { callbackify } from 'node:util';
import type { SealedContent } from './sealed-content.ts';

/** Writes to a file that is being changed, from a byte on. */
export class SealedContentSink extends Writable {
  readonly #content: SealedContent;
  #position: number;

  constructor(content: SealedContent, position: number) {
    super();
    this.#content = content;
    this.#position = position;
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const position = this.#position;
    this.#position += bytes.length;
    writeThen(this.#content, bytes, position, callback);
  }
}

const writeThen = callbackify((content: SealedContent, bytes: Buffer, position: number) =>
  content.write(bytes, position),
);
