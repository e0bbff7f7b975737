import {
  type CallOptions,
  type Endings,
  type FileChange,
  type Files,
  type Storage,
  StorageError,
  type StoredEntry,
  type VirtualPath,
} from '../core/index.ts';
import { combine } from './combine.ts';
import { withCalls } from './writable-files.ts';

/** Takes each change once, after it was made. It must not throw and must not block. */
export type OnChange = (change: FileChange) => void;

/** The calls of a storage for a front-end: each change is told once it was made, and what can't be done says so. */
export function observed(storage: Storage, asked: Pick<Files, 'can' | 'allows' | 'stays'>, onChange: OnChange): Files {
  const { allows } = asked;
  async function stored(path: VirtualPath, written: Endings): Promise<StoredEntry> {
    const entry = await written.commit();
    onChange({ change: 'stored', path, ...facts(entry) });
    return entry;
  }
  return {
    ...asked,
    stat: (path, options) => storage.stat(path, options),
    list: (path, options) => storage.list(path, options),
    read: (path, options) => storage.read(path, options),
    partial: async (path, options) => storage.partial?.(path, options),
    digest: async (path, algorithm, range) => (await storage.digest?.(path, algorithm, range)) ?? cannot('hashes'),
    space: async (path, options) => (await storage.space?.(path, options)) ?? cannot('measure of its space'),

    async write(path, options) {
      const upload = await storage.write(path, options);
      return {
        sink: upload.sink,
        replaces: () => upload.replaces(),
        commit: () => stored(path, upload),
        suspend: () => upload.suspend(),
        discard: () => upload.discard(),
      };
    },
    openRead: async (path, options) => (await storage.openRead?.(path, options)) ?? cannot('reading at any position'),
    async openWrite(path, options) {
      const file = (await storage.openWrite?.(path, options)) ?? cannot('writing at any position');
      return withCalls(file, { commit: () => stored(path, file) });
    },
    async copy(from, to, options) {
      const copied = (await storage.copy?.(from, to, options)) ?? cannot('copies');
      onChange({ change: 'copied', path: from, to, ...facts(copied) });
      return copied;
    },
    async rename(from, to, options) {
      const replaced = await storage.rename(from, to, options);
      const moved = await entryAt(storage, to);
      // The two were names of one file, and are still.
      const isStill =
        moved.entry?.unique !== undefined && (await entryAt(storage, from)).entry?.unique === moved.entry.unique;
      if (!isStill) onChange({ change: 'renamed', path: from, to, ...moved, ...(replaced && { replaced }) });
      return replaced;
    },
    async remove(path, options) {
      const entry = await storage.remove(path, options);
      onChange({ change: 'removed', path, entry });
      return entry;
    },
    async makeDirectory(path, options) {
      await storage.makeDirectory(path, options);
      onChange({ change: 'directory-made', path });
    },
    async removeDirectory(path, options) {
      await storage.removeDirectory(path, options);
      onChange({ change: 'directory-removed', path });
    },
    async setAttributes(path, attributes, options) {
      if (!storage.setAttributes) cannot('facts that can be set');
      await storage.setAttributes(path, attributes, options);
      const entry = await entryAt(storage, path, true);
      if (attributes.mode !== undefined) onChange({ change: 'mode-set', path, ...entry });
      if (attributes.modified ?? attributes.created) onChange({ change: 'times-set', path, ...entry });
    },
    async makeLink(path, target, options) {
      if (!storage.makeLink) cannot('links');
      await storage.makeLink(path, target, options);
      onChange({ change: 'linked', path, ...(await entryAt(storage, path)) });
    },
    async combine(target, parts, options: CallOptions = {}) {
      const combined = await combine({ storage, allows, target, parts, ...options });
      const { entry, replaced, removed, changed, unremoved } = combined;
      onChange({ change: 'combined', path: target, entry, ...replaced });
      for (const part of removed) onChange({ change: 'removed', ...part });
      return { entry, changed, unremoved };
    },
  };
}

/** What was published, and what it replaced. */
function facts(stored: StoredEntry): Pick<FileChange, 'entry' | 'replaced'> {
  const { replaced, warning: _, ...entry } = stored;
  return { entry, ...(replaced && { replaced }) };
}

/** The change was made, whatever becomes of the look at it: somebody may have taken the entry away by now. */
async function entryAt(storage: Storage, path: VirtualPath, followLinks = false): Promise<Pick<FileChange, 'entry'>> {
  try {
    return { entry: await storage.stat(path, { followLinks }) };
  } catch (error) {
    if (error instanceof StorageError) return {};
    throw error;
  }
}

function cannot(what: string): never {
  throw new StorageError('unsupported', `The storage of this account has no ${what}`);
}
