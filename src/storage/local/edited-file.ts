import type { Entry, FileContent } from '../../core/index.ts';
import { FileExtent } from '../file-extent.ts';
import { readLength } from '../ranges.ts';
import type { CopiedBase } from './copied-base.ts';
import { plainEntryOf } from './entries.ts';
import { attempt } from './failures.ts';
import { lookAt } from './look.ts';
import { readFully } from './open-read.ts';
import type { Temporary } from './temporary.ts';
import type { WrittenContent } from './upload-endings.ts';

interface Parts {
  readonly name: string;
  readonly temporary: Temporary;
  /** What it goes on from. */
  readonly base: CopiedBase | undefined;
  /** Bytes of an interrupted upload that it goes on with. */
  readonly kept: number;
  /** Permission bits of a new file. */
  readonly mode: number;
}

/** A temporary file that is written at any position. */
export class EditedFile implements FileContent, WrittenContent {
  readonly #parts: Parts;
  readonly #extent: FileExtent;

  constructor(parts: Parts) {
    const { base, kept } = parts;
    this.#parts = parts;
    this.#extent = new FileExtent(base?.before.size ?? kept, kept > 0);
  }

  get end(): number {
    return this.#extent.end;
  }

  get wholeUpTo(): number {
    return this.#extent.wholeUpTo;
  }

  /** Its calls have ended when it is asked for. */
  async stop(): Promise<void> {}

  stat(): Promise<Entry> {
    return attempt(async () => {
      const { name, temporary, base, mode } = this.#parts;
      const { unique: _, ...entry } = plainEntryOf(name, await lookAt(temporary.handle, temporary.device));
      return { ...entry, size: this.#extent.size, mode: base?.before.mode ?? mode };
    });
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return attempt(async () => {
      const { temporary, base } = this.#parts;
      const wanted = readLength(this.#extent.size, position, into.length);
      for (let done = 0; done < wanted; ) {
        const at = position + done;
        const { handle, end } = base?.sourceOf(at) ?? { handle: temporary.handle, end: Number.POSITIVE_INFINITY };
        const part = into.subarray(done, Math.min(wanted, done + end - at));
        await readFully(handle, part, at, temporary.device);
        done += part.length;
      }
      return wanted;
    });
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return attempt(async () => {
      const { temporary, base } = this.#parts;
      const { handle, device } = temporary;
      if (bytes.length === 0) return;
      await base?.claim(position, position + bytes.length);
      await temporary.claimLess(position);
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await device.threads(() =>
          handle.write(bytes, written, bytes.length - written, position + written),
        );
        written += bytesWritten;
      }
      this.#extent.wrote(position, position + bytes.length);
    });
  }

  truncate(size: number): Promise<void> {
    return attempt(async () => {
      const { temporary, base } = this.#parts;
      await base?.cut(size);
      await temporary.claimLess(size);
      await temporary.device.threads(() => temporary.handle.truncate(size));
      this.#extent.truncated(size);
    });
  }

  flush(): Promise<void> {
    const { handle, device } = this.#parts.temporary;
    return attempt(() => device.threads(() => handle.datasync()));
  }
}
