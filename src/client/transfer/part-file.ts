import { constants } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import type { VirtualPath } from '../../core/index.ts';
import type { RemoteFile } from '../connection/remote-file.ts';
import { LocalFile, openExisting, openNew, removeIfThere } from './local-file.ts';
import { partNames } from './temporary-name.ts';

/**
 * What a download that broke left behind, for a later run to go on with: `NAME.lockport-part` holds the bytes, and
 * `NAME.lockport-part.json` tells which version of which remote file they are of. Any other text in there means another
 * file: then nothing is gone on with.
 */
export class PartFile {
  readonly file: LocalFile;
  /** Bytes that were there. */
  readonly bytes: number;
  readonly #aboutPath: string;

  private constructor(file: LocalFile, bytes: number, aboutPath: string) {
    this.file = file;
    this.bytes = bytes;
    this.#aboutPath = aboutPath;
  }

  static async open(path: string, origin: PartOrigin): Promise<PartFile> {
    const { part: partPath, about: aboutPath } = partNames(path);
    const about = JSON.stringify(origin);
    if ((await textOf(aboutPath, about.length)) === about) {
      const handle = await openExisting(partPath);
      const bytes = (await handle?.stat())?.size ?? 0;
      if (handle && bytes <= (origin.size ?? 0))
        return new PartFile(new LocalFile(path, partPath, handle), bytes, aboutPath);
      await handle?.close();
    }
    // In this order: bytes never stand beside a description that is not theirs.
    await removeIfThere(partPath);
    await removeIfThere(aboutPath);
    await writeFile(aboutPath, about, { flag: 'wx' });
    return new PartFile(new LocalFile(path, partPath, await openNew(partPath)), 0, aboutPath);
  }

  /** When the bytes are there no more, or are not of it any more. */
  async forget(): Promise<void> {
    await removeIfThere(this.#aboutPath);
  }
}

/** Which version of which file. */
export interface PartOrigin extends RemoteFile {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly path: VirtualPath;
}

/** Its beginning, one byte more than `bytes` at the most. */
async function textOf(path: string, length: number): Promise<string | undefined> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)).catch(
    () => undefined,
  );
  if (!handle) return undefined;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4 * length + 1), 0, 4 * length + 1, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
