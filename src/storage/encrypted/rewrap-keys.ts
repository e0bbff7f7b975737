import { type CallOptions, type Entry, joinPath, ROOT, StorageError, type VirtualPath } from '../../core/index.ts';
import type { LocalStorage } from '../local/local-storage.ts';
import { Keyring } from './keyring.ts';
import { HEADER_BYTES } from './layout.ts';

/** What became of a stored file: its key is wrapped anew, or was, or the file could not be read. */
export interface RewrappedFile {
  readonly path: VirtualPath;
  readonly outcome: 'rewrapped' | 'current' | 'failed';
  readonly error?: Error;
}

/**
 * Wraps the key of each file that lies encrypted in a storage by the first of the keys, and by no other one any more. No data are
 * rewritten, and the files keep their times. Whenever it ends, all files can be read with all the keys, and it may begin anew. Others may use
 * the files meanwhile. Interrupted uploads keep their keys until they are files.
 */
export async function* rewrapKeys(
  stored: LocalStorage,
  keys: readonly Uint8Array[],
  { signal }: CallOptions = {},
): AsyncGenerator<RewrappedFile> {
  const keyring = new Keyring(keys);
  const pending: VirtualPath[] = [ROOT];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const files: Entry[] = [];
    for await (const entries of stored.list(directory, { signal })) {
      for (const entry of entries) {
        if (entry.kind === 'directory') pending.push(joinPath(directory, entry.name));
        if (entry.kind === 'file') files.push(entry);
      }
    }
    for (const { name } of files) yield rewrapped(stored, joinPath(directory, name), keyring);
  }
}

async function rewrapped(stored: LocalStorage, path: VirtualPath, keyring: Keyring): Promise<RewrappedFile> {
  try {
    const changes = await stored.changeHead(path, HEADER_BYTES, (header) => keyring.rewrap(header));
    return { path, outcome: changes > 0 ? 'rewrapped' : 'current' };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { path, outcome: 'failed', error };
  }
}
