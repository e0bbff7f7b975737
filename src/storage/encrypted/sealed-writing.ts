import {
  baseName,
  type Endings,
  type Entry,
  endingOnce,
  notFound,
  type OpenWriteOptions,
  StorageError,
  type StoredEntry,
  type TargetOptions,
  type Upload,
  type VirtualPath,
  type WritableFile,
  type WriteOptions,
  writableFile,
} from '../../core/index.ts';
import { destroyOnAbort, throwIfAborted } from '../cancellation.ts';
import { writePosition } from '../ranges.ts';
import { SealedAppend } from './appending.ts';
import { SealedContentSink } from './content-sink.ts';
import { entryNamed, plainStored } from './entries.ts';
import type { Keyring } from './keyring.ts';
import { storedSize } from './layout.ts';
import { type StoredNames, storedPath } from './name-cipher.ts';
import { newContent, openContent, passingContent } from './open-sealed.ts';
import type { SealedContent } from './sealed-content.ts';
import { SealedEndings } from './sealed-endings.ts';
import { SealingSink } from './sealing-sink.ts';
import type { StoredFiles } from './stored-files.ts';

type Asked = Pick<TargetOptions, 'exclusive' | 'existing'>;

interface Opened {
  readonly content: SealedContent;
  readonly endings: Endings;
}

/** How files come into an encrypted storage. */
export class SealedWriting {
  readonly #stored: StoredFiles;
  readonly #keyring: Keyring;
  readonly #names: StoredNames;

  constructor(stored: StoredFiles, keyring: Keyring, names: StoredNames) {
    this.#stored = stored;
    this.#keyring = keyring;
    this.#names = names;
  }

  async write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    const { at, exclusive = false, existing = false, signal } = options;
    throwIfAborted(signal);
    if (at === undefined) return this.#sealed(path, options);
    const published = await this.#published(path);
    if (published && exclusive) throw new StorageError('exists', 'The file exists');
    if (published === undefined && existing) throw notFound();
    const kept = published ? undefined : await this.#interrupted(path);
    if (at === 'end') return this.#appended(path, options, published !== undefined, kept);
    const position = writePosition(at, (published ?? kept)?.size ?? 0);
    if (!published && !kept) return this.#sealed(path, options);
    const opened = await this.#open(path, published ? 'published' : 'interrupted', { exclusive, existing });
    return this.#continued(opened, position, { cuts: kept !== undefined, signal });
  }

  async openWrite(path: VirtualPath, options: OpenWriteOptions = {}): Promise<WritableFile> {
    const { truncate = false, exclusive = false, existing = false, signal } = options;
    throwIfAborted(signal);
    const asked = { exclusive, existing };
    const { content, endings } = await this.#openedAnywhere(path, truncate, asked);
    return writableFile(
      {
        stat: async () => ({ ...(await content.stat()), name: baseName(path) }),
        read: (into, position) => content.read(into, position),
        write: (bytes, position) => content.write(bytes, position),
        truncate: (size) => content.truncate(size),
        flush: () => content.flush(),
      },
      endings,
      signal,
    );
  }

  async #openedAnywhere(path: VirtualPath, truncate: boolean, asked: Required<Asked>): Promise<Opened> {
    if (truncate) return this.#begin(path, asked);
    if (await this.#published(path)) {
      if (asked.exclusive) throw new StorageError('exists', 'The file exists');
      return this.#open(path, 'published', asked);
    }
    if (asked.existing) throw notFound();
    return (await this.#interrupted(path)) ? this.#open(path, 'interrupted', asked) : this.#begin(path, asked);
  }

  /** A new file, from its first byte to its last. */
  async #sealed(path: VirtualPath, options: WriteOptions): Promise<Upload> {
    const { exclusive, existing, modified, expectedSize, signal } = options;
    const upload = await this.#stored.write(this.#inside(path), {
      ...(exclusive !== undefined && { exclusive }),
      ...(existing !== undefined && { existing }),
      ...(modified && { modified }),
      ...(expectedSize !== undefined && { expectedSize: storedSize(expectedSize) }),
    });
    const sink = new SealingSink(upload.sink, this.#keyring);
    // The storage below keeps what came of one that is given up.
    destroyOnAbort(sink, signal);
    const plain = this.#plainAt(path);
    return endingOnce(sink, {
      async replaces() {
        const replaced = await upload.replaces();
        return replaced && plain.entry(replaced);
      },
      async commit() {
        sink.sealEnd('last');
        return plain.stored(await upload.commit());
      },
      async suspend() {
        if (sink.size === 0) {
          await upload.discard();
          return undefined;
        }
        sink.sealEnd('suspended');
        const kept = await upload.suspend();
        return kept && plain.entry(kept);
      },
      discard: () => upload.discard(),
    });
  }

  async #continued(
    { content, endings }: Opened,
    position: number,
    { cuts, signal }: { readonly cuts: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<Upload> {
    try {
      writePosition(position, content.size);
      // What is behind it was never published.
      if (cuts) await content.truncate(position);
    } catch (error) {
      await endings.suspend();
      throw error;
    }
    const sink = new SealedContentSink(content, position);
    destroyOnAbort(sink, signal);
    return endingOnce(sink, endings);
  }

  async #appended(
    path: VirtualPath,
    { exclusive = false, existing = false, signal }: WriteOptions,
    isPublished: boolean,
    kept: Entry | undefined,
  ): Promise<Upload> {
    const wasLink = await this.#isLink(path);
    const asked = { exclusive: true, existing: false };
    const own = isPublished
      ? undefined
      : await (kept ? this.#open(path, 'interrupted', asked) : this.#begin(path, asked));
    const { content, endings } = own ?? (await this.#aside(path));
    if (content.size !== (kept?.size ?? 0)) {
      await endings.suspend();
      throw new StorageError('bad-offset', 'Less of the interrupted upload is there than was told');
    }
    const sink = new SealedContentSink(content, content.size);
    destroyOnAbort(sink, signal);
    const append = new SealedAppend({
      content,
      ...(own && { own: own.endings }),
      discard: () => endings.discard(),
      exclusive,
      existing,
      replaces: () => endings.replaces(),
      standing: async () => {
        if (!wasLink && (await this.#isLink(path))) {
          throw new StorageError('denied', 'A link has taken the place of the file');
        }
        return this.#published(path);
      },
      open: (what) =>
        what === 'new' ? this.#begin(path, asked) : this.#open(path, 'published', { exclusive: false, existing: true }),
    });
    return endingOnce(sink, append);
  }

  /** Where bytes are kept until it is known what they go behind. */
  async #aside(path: VirtualPath): Promise<Opened> {
    const file = await this.#stored.openWrite(this.#inside(path), { truncate: true });
    return this.#endingWith(path, file, passingContent(file), {});
  }

  async #begin(path: VirtualPath, asked: Asked): Promise<Opened> {
    const file = await this.#stored.openWrite(this.#inside(path), { truncate: true, ...asked });
    try {
      return this.#endingWith(path, file, await newContent(file, this.#keyring), asked);
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  /** What it is must not be mistaken: the end of the one is none of the other. */
  async #open(path: VirtualPath, what: 'published' | 'interrupted', asked: Asked): Promise<Opened> {
    const must = what === 'published' ? { existing: true } : { exclusive: true };
    const file = await this.#stored.openWrite(this.#inside(path), must);
    try {
      return this.#endingWith(path, file, await openContent(file, this.#keyring, what), asked);
    } catch (error) {
      // An interrupted upload stays for when its key is there.
      await file.suspend();
      throw error;
    }
  }

  #endingWith(
    path: VirtualPath,
    stored: WritableFile,
    opened: Awaited<ReturnType<typeof openContent>>,
    asked: Asked,
  ): Opened {
    const parts = { ...opened, stored, keyring: this.#keyring, asked, plain: this.#plainAt(path) };
    return { content: opened.content, endings: new SealedEndings(parts) };
  }

  #plainAt(path: VirtualPath) {
    const name = baseName(path);
    return {
      entry: (entry: Entry) => entryNamed(this.#names, name, entry),
      stored: (entry: StoredEntry) => plainStored(this.#names, name, entry),
    };
  }

  /** @throws StorageError `is-directory` */
  async #published(path: VirtualPath): Promise<Entry | undefined> {
    const entry = await this.#stored.stat(this.#inside(path)).catch(unlessMissing);
    if (entry?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
    return entry && entryNamed(this.#names, baseName(path), entry);
  }

  async #interrupted(path: VirtualPath): Promise<Entry | undefined> {
    const kept = await this.#stored.partial?.(this.#inside(path));
    const entry = kept && entryNamed(this.#names, baseName(path), kept);
    return entry && entry.size > 0 ? entry : undefined;
  }

  async #isLink(path: VirtualPath): Promise<boolean> {
    const entry = await this.#stored.stat(this.#inside(path), { followLinks: false }).catch(unlessMissing);
    return entry?.kind === 'link';
  }

  #inside(path: VirtualPath): VirtualPath {
    return storedPath(this.#names, path);
  }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof StorageError && error.code === 'not-found') return undefined;
  throw error;
}
