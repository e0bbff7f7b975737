import type { LendingSink } from '../../core/index.ts';
import type { FileWriter } from '../../disk/index.ts';
import { asError, DownloadSink, type DownloadSinkOptions } from './sink.ts';

/** Takes bytes where the file is written from. */
export class FileSink extends DownloadSink implements LendingSink {
  readonly #writer: FileWriter;
  #room: Uint8Array = new Uint8Array();

  constructor(writer: FileWriter, options: DownloadSinkOptions) {
    super(writer, options);
    this.#writer = writer;
    writer.on('drain', () => this.emit('drain'));
  }

  room(): Uint8Array {
    this.#room = this.#writer.room();
    return this.#room;
  }

  filled(bytes: number): boolean {
    if (this.destroyed) return false;
    try {
      return this.#writer.filled(this.take(this.#room.subarray(0, bytes)).length);
    } catch (error) {
      this.destroy(asError(error));
      return false;
    }
  }
}
