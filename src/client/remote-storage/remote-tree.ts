import type { Entry, ListOptions, VirtualPath } from '../../core/index.ts';
import { listTogether } from '../bundle/listed.ts';
import { throwIfAborted } from '../connection/aborted.ts';
import type { FtpPool } from '../ftp/ftp-session.ts';
import { isUploadName } from '../transfer/temporary-name.ts';
import { storageEntry } from './remote-entries.ts';
import { storageFailure } from './storage-failure.ts';

/** Whole listings of a directory and those below it, as far as the server gives them and they are few enough to keep. @throws StorageError `aborted` */
export async function listTree(
  pool: FtpPool,
  top: VirtualPath,
  { signal, unfinished = false }: ListOptions,
): Promise<ReadonlyMap<VirtualPath, readonly Entry[]>> {
  const tree = new Map<VirtualPath, readonly Entry[]>();
  for (const [path, entries] of await listTogether(pool, top, signal)) {
    const found = entries.map((entry) => storageEntry({ ...entry, path }));
    // Who lists it by itself hears what is wrong with it.
    if (!found.every((entry) => entry !== undefined)) continue;
    tree.set(
      path,
      found.filter(({ name }) => unfinished || !isUploadName(name)),
    );
  }
  try {
    throwIfAborted(signal, 'transfer');
  } catch (error) {
    throw storageFailure(error);
  }
  return tree;
}
