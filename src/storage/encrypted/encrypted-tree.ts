import {
  baseName,
  type CallOptions,
  type Entry,
  type ListOptions,
  type OpenWriteOptions,
  type ReadableFile,
  type ReadOptions,
  type StatOptions,
  type Storage,
  type UnlistedEntry,
  type VirtualPath,
} from '../../core/index.ts';
import { destroyOnAbort, throwIfAborted } from '../cancellation.ts';
import { digestOf } from '../digest.ts';
import { readRange } from '../ranges.ts';
import { entryNamed, plainEntry, storedEntry } from './entries.ts';
import type { Keyring } from './keyring.ts';
import { plainSize } from './layout.ts';
import { type StoredNames, storedPath, storedTarget } from './name-cipher.ts';
import { SealedFile } from './sealed-file.ts';
import { readAnywhere, SealedReader } from './sealed-reader.ts';
import { sealedHolds, sealedTrash } from './sealed-trash.ts';
import { SealedWriting } from './sealed-writing.ts';
import type { StoredFiles } from './stored-files.ts';

/** The files that lie encrypted in a storage, as a storage. */
export function encryptedTree(stored: StoredFiles, keyring: Keyring, names: StoredNames): Storage {
  const inside = (path: VirtualPath): VirtualPath => storedPath(names, path);
  const entryAt = (path: VirtualPath, entry: Entry): Entry => entryNamed(names, baseName(path), entry);
  const writing = new SealedWriting(stored, keyring, names);
  const read: Storage['read'] = async (path, options = {}) => {
    const { file, below } = await opened(path, options);
    try {
      const range = readRange(file.size, options);
      if (range.start === range.end) await file.checkEnd();
      const reader = new SealedReader(file, range, entryAt(path, await below.stat()));
      destroyOnAbort(reader, options.signal);
      return reader;
    } catch (error) {
      await file.close();
      throw error;
    }
  };
  return {
    ...optionalMethods(stored, keyring, names),
    links: stored.links,
    stat: async (path, options?: StatOptions) => entryAt(path, await stored.stat(inside(path), options)),
    list: (path, options) => listed(stored, names, inside(path), options),
    read,
    write: async (path, options) => writing.write(path, options),
    rename: async (from, to, { unchanged, ...options } = {}) => {
      const how = { ...options, ...(unchanged && { unchanged: storedEntry(unchanged) }) };
      const replaced = await stored.rename(inside(from), inside(to), how);
      return replaced && entryAt(to, replaced);
    },
    remove: async (path, { unchanged, ...options } = {}) => {
      const how = { ...options, ...(unchanged && { unchanged: storedEntry(unchanged) }) };
      return entryAt(path, await stored.remove(inside(path), how));
    },
    makeDirectory: async (path, options) => stored.makeDirectory(inside(path), options),
    removeDirectory: async (path, options) => stored.removeDirectory(inside(path), options),
    openRead: async (path, options: CallOptions = {}) => {
      const { file, below } = await opened(path, options);
      try {
        await file.checkEnd();
        return readAnywhere(file, async () => entryAt(path, await below.stat()), options);
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    openWrite: async (path, options?: OpenWriteOptions) => writing.openWrite(path, options),
    digest: async (path, algorithm, range?: ReadOptions) => digestOf(await read(path, range), algorithm),
  };

  async function opened(path: VirtualPath, { signal }: CallOptions) {
    throwIfAborted(signal);
    const below: ReadableFile = await stored.openRead(inside(path));
    try {
      return { below, file: await SealedFile.open(below, keyring) };
    } catch (error) {
      await below.close();
      throw error;
    }
  }
}

/** What the storage below has of these is here too. It does not copy: a copy gets a key of its own. */
function optionalMethods(stored: StoredFiles, keyring: Keyring, names: StoredNames): Partial<Storage> {
  const inside = (path: VirtualPath): VirtualPath => storedPath(names, path);
  const { settable } = stored;
  const [partial, setAttributes, makeLink, space, usage, confine, listUnlisted] = [
    stored.partial?.bind(stored),
    stored.setAttributes?.bind(stored),
    stored.makeLink?.bind(stored),
    stored.space?.bind(stored),
    stored.usage?.bind(stored),
    stored.confine?.bind(stored),
    stored.listUnlisted?.bind(stored),
  ];
  return {
    ...(settable && { settable }),
    ...(stored.trash && { trash: sealedTrash(stored.trash, names) }),
    ...(stored.holds && { holds: sealedHolds(stored.holds, names) }),
    ...(partial && {
      partial: async (path, options) => {
        const kept = await partial(inside(path), options);
        const entry = kept && entryNamed(names, baseName(path), kept);
        return entry && entry.size > 0 ? entry : undefined;
      },
    }),
    ...(setAttributes && {
      setAttributes: async (path, attributes, options) => setAttributes(inside(path), attributes, options),
    }),
    ...(makeLink && {
      makeLink: async (path, target, options) => makeLink(inside(path), storedTarget(names, target), options),
    }),
    ...(space && { space: async (path, options) => space(inside(path), options) }),
    ...(usage && {
      usage: async (path, { sizeOf = (size: number) => size, ...options } = {}) =>
        usage(inside(path), { ...options, sizeOf: (size) => sizeOf(plainSize(size)) }),
    }),
    ...(confine && {
      confine: (home, options) => encryptedTree(confine(inside(home), options) as StoredFiles, keyring, names),
    }),
    ...(listUnlisted && {
      listUnlisted: (path, options) => unlisted(listUnlisted(inside(path), options), stored, names, path, options),
    }),
  };
}

async function* listed(
  stored: Storage,
  names: StoredNames,
  path: VirtualPath,
  options: ListOptions | undefined,
): AsyncGenerator<readonly Entry[]> {
  for await (const entries of stored.list(path, options)) {
    yield entries.map((entry) => plainEntry(names, entry)).filter((entry) => entry !== undefined);
  }
}

/** Names that the storage below leaves out, and those that were never encrypted. */
async function* unlisted(
  below: AsyncIterable<UnlistedEntry>,
  stored: Storage,
  names: StoredNames,
  path: VirtualPath,
  options: CallOptions | undefined,
): AsyncGenerator<UnlistedEntry> {
  yield* below;
  for await (const entries of stored.list(storedPath(names, path), options)) {
    for (const { name, kind } of entries) {
      if (names.plain(name) === undefined) yield { name, isDirectory: kind === 'directory', why: 'name' };
    }
  }
}
