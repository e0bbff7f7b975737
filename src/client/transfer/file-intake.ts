import type { LendingSink } from '../../core/index.ts';
import type { FileWriter } from './file-writer.ts';
import { asError, Intake, type IntakeOptions } from './sink.ts';

/** An intake whose bytes come to where the file is written from. */
export class FileIntake extends Intake implements LendingSink {
  readonly #writer: FileWriter;
  #room: Uint8Array = new Uint8Array();
  #isWaitedFor = false;

  constructor(writer: FileWriter, options: IntakeOptions) {
    super(writer, options);
    this.#writer = writer;
  }

  room(): Uint8Array {
    this.#room = this.#writer.room();
    return this.#room;
  }

  filled(bytes: number): boolean {
    if (this.destroyed) return false;
    try {
      const mayGoOn = this.#writer.filled(this.take(this.#room.subarray(0, bytes)).length);
      // What was decrypted already comes all the same, in any number of pieces.
      if (mayGoOn || this.#isWaitedFor) return true;
      this.#isWaitedFor = true;
      this.#writer.once('drain', () => this.#goOn());
      return false;
    } catch (error) {
      this.destroy(asError(error));
      return false;
    }
  }

  #goOn(): void {
    this.#isWaitedFor = false;
    this.emit('drain');
  }
}
