import { once } from 'node:events';
import { Writable } from 'node:stream';
import { callbackify } from 'node:util';
import {
  baseName,
  type Entry,
  endingOnce,
  type StoredEntry,
  type Upload,
  type VirtualPath,
  type WriteOptions,
} from '../../core/index.ts';
import { type ItemResult, readFactsLine } from '../../protocol/index.ts';
import { storeTogether } from '../bundle/bundles.ts';
import type { FtpPool } from '../ftp/ftp-session.ts';
import { storageEntry } from './remote-entries.ts';
import { inPlace } from './upload-destination.ts';

/**
 * An upload that is held in memory until it ends, and goes together with others. One that turns out not to be small, or
 * that no bundle takes, goes alone, and so does one that is interrupted. Whether the server takes it shows at its commit.
 */
export function bundledUpload(
  pool: FtpPool,
  path: VirtualPath,
  options: WriteOptions,
  openAlone: () => Promise<Upload>,
): Upload {
  const sink = new SmallFileSink(pool.settings.limits.bundledFileBytes, openAlone);
  const destination = inPlace(pool, path, options);
  const storeSmall = async (): Promise<StoredEntry> => {
    const content = sink.content();
    const load = async () => ({ content, modified: options.modified });
    const result = await storeTogether(pool, path, load, options.signal).catch(async (error: unknown) => {
      throw await destination.failure(error);
    });
    return result ? entryOf(path, content.length, result) : (await sink.goAlone()).commit();
  };
  return endingOnce(sink, {
    replaces: () => destination.replaces(),
    commit: () => (sink.alone ? sink.alone.commit() : storeSmall()),
    // What is to be kept has to be there.
    suspend: async () => (sink.alone ?? (sink.isEmpty ? undefined : await sink.goAlone()))?.suspend(),
    discard: async () => sink.alone?.discard(),
  });
}

/** Keeps what is written, as long as that is little; more of it goes on to an upload of its own. */
class SmallFileSink extends Writable {
  alone: Upload | undefined;
  readonly #most: number;
  readonly #openAlone: () => Promise<Upload>;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(most: number, openAlone: () => Promise<Upload>) {
    super();
    this.#most = most;
    this.#openAlone = openAlone;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  content(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** What was written so far goes to an upload of its own, and so will what is still written. */
  async goAlone(): Promise<Upload> {
    const upload = await this.#openAlone();
    this.alone = upload;
    for (const piece of this.#pieces.splice(0)) await writeTo(upload.sink, piece);
    return upload;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#bytes += chunk.length;
    if (!this.alone && this.#bytes <= this.#most) {
      this.#pieces.push(chunk);
      done();
      return;
    }
    callbackify(async () => writeTo((this.alone ?? (await this.goAlone())).sink, chunk))(done);
  }
}

async function writeTo(sink: Writable, chunk: Buffer): Promise<void> {
  if (sink.errored) throw sink.errored;
  if (!sink.write(chunk)) await once(sink, 'drain');
}

/** What the server says of the file. It need not. */
function entryOf(path: VirtualPath, size: number, { facts }: ItemResult): Entry {
  const listed = facts === undefined ? undefined : readFactsLine(facts);
  const name = baseName(path);
  const entry = listed && storageEntry({ ...listed, path, name });
  return entry ?? { name, kind: 'file', size, modified: new Date() };
}
